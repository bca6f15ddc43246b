namespace LabelServer.Datastore;

/// <summary>Which images are asked for.</summary>
public enum ImageSelection
{
    /// <summary>Every image.</summary>
    All,

    /// <summary>Those with a final label.</summary>
    Labeled,

    /// <summary>Those without one that may be given to an annotator; attachments are not among them.</summary>
    Unlabeled,
}
