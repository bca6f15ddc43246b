namespace LabelServer.Training;

/// <summary>What a class that a label does not name teaches the network.</summary>
internal enum PartialLabels
{
    /// <summary>A label with names annotates what it names; other classes are unknown. A label without names is complete. The default.</summary>
    Listed,

    /// <summary>The same, but a label without names annotates only what occurs in it.</summary>
    Present,

    /// <summary>Every label is complete: what it does not name is background.</summary>
    Off,
}
