namespace LabelServer.ActiveLearning.Leases;

/// <summary>One image reserved for one annotator for a while.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Holder">The annotator's name.</param>
/// <param name="Address">From where the annotator asked.</param>
/// <param name="Taken">When it was last given by an answer to "next sample".</param>
/// <param name="Until">When it lapses.</param>
public sealed record Lease(string ImageId, string Holder, string Address, DateTimeOffset Taken, DateTimeOffset Until);
