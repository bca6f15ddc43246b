namespace LabelServer.Jobs;

/// <summary>A kind of job. Jobs of one kind run one after the other; kinds do not wait for each other.</summary>
/// <param name="Name">Its name in the store and on the hub: <c>train</c>, <c>scoring</c>, <c>batch_infer</c>.</param>
/// <param name="Title">Its name in MONAI Label's messages: <c>Train</c>, <c>Scoring</c>, <c>Batch_infer</c>.</param>
public sealed record JobKind(string Name, string Title)
{
    /// <summary>Training.</summary>
    public static JobKind Train { get; } = new("train", "Train");

    /// <summary>Scoring.</summary>
    public static JobKind Scoring { get; } = new("scoring", "Scoring");

    /// <summary>Inference of many images.</summary>
    public static JobKind BatchInfer { get; } = new("batch_infer", "Batch_infer");
}
