using LabelServer.Imaging.Volumes;
using LabelServer.Learning.Metrics;

namespace LabelServer.Learning.Evaluation;

/// <summary>A metric of an evaluator: collects the images one after the other.</summary>
/// <param name="name">Its name in the config, such as <c>val_mean_dice</c>.</param>
internal abstract class EvaluationMetric(string name)
{
    /// <summary>Its name in the config.</summary>
    public string Name { get; } = name;

    /// <summary>The score of each class for each image; null for a metric that has none.</summary>
    public abstract IReadOnlyList<IReadOnlyList<double>>? Details { get; }

    /// <summary>Its value over the images so far; NaN when there is no score.</summary>
    public abstract double Value { get; }

    /// <summary>Adds an image.</summary>
    public abstract void Add(ScoredImage image, ParallelOptions parallel);
}

/// <summary>A prediction with its label.</summary>
/// <param name="Overlap">The voxels that both share, by class.</param>
/// <param name="Prediction">The prediction, as label map or channel by channel.</param>
/// <param name="Target">The label, in the same form.</param>
internal sealed record ScoredImage(LabelOverlap Overlap, Volume Prediction, Volume Target);

/// <summary>A score of each class, averaged over the classes of an image and then over the images (MONAI's reduction "mean").</summary>
/// <param name="name">Its name in the config.</param>
/// <param name="score">The scores of an image's classes; NaN where there is none.</param>
internal sealed class ClassMetric(string name, Func<ScoredImage, ParallelOptions, double[]> score) : EvaluationMetric(name)
{
    private readonly ClassMeans _means = new();

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<double>> Details => _means.Images;

    /// <inheritdoc/>
    public override double Value => _means.Mean();

    /// <inheritdoc/>
    public override void Add(ScoredImage image, ParallelOptions parallel) => _means.Add(score(image, parallel));
}

/// <summary>The part of the entries of the one-hot volumes that agree.</summary>
/// <remarks>Source: pytorch-ignite ignite/metrics/accuracy.py; given one-hot volumes it compares entry by entry, and an image counts with all its entries.</remarks>
/// <param name="name">Its name in the config.</param>
internal sealed class AccuracyMetric(string name) : EvaluationMetric(name)
{
    private double _correct;
    private double _entries;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<double>>? Details => null;

    /// <inheritdoc/>
    public override double Value => _entries == 0 ? double.NaN : _correct / _entries;

    /// <inheritdoc/>
    public override void Add(ScoredImage image, ParallelOptions parallel)
    {
        var overlap = image.Overlap;
        for (var c = 0; c < overlap.Classes; c++)
        {
            _correct += overlap.Voxels - (overlap.Predicted[c] + overlap.Actual[c] - (2 * overlap.Shared[c]));
            _entries += overlap.Voxels;
        }
    }
}
