namespace LabelServer.Learning.Metrics;

/// <summary>Collects a score of each class for each image and averages over what is there; NaN is left out.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/metrics/utils.py (do_metric_reduction): "mean" averages the classes of each image first and then the images, "mean_batch" the images of each class.</remarks>
public sealed class ClassMeans
{
    private readonly List<double[]> _images = [];

    /// <summary>The scores of each image, in the order in which they were added.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Images => _images;

    /// <summary>Adds an image.</summary>
    /// <param name="scores">One score for each class; NaN where there is none.</param>
    public void Add(IReadOnlyList<double> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (_images.Count > 0 && _images[0].Length != scores.Count)
        {
            throw new ArgumentException($"{scores.Count} scores after {_images[0].Length}.", nameof(scores));
        }

        _images.Add([.. scores]);
    }

    /// <summary>The mean over images of the mean over classes; NaN when there is no score at all.</summary>
    public double Mean() => MeanOf(_images.Select(i => MeanOf(i)));

    /// <summary>The mean over images of each class; NaN for a class that no image has.</summary>
    public double[] PerClass() => _images.Count == 0 ? [] : [.. Enumerable.Range(0, _images[0].Length).Select(c => MeanOf(_images.Select(i => i[c])))];

    private static double MeanOf(IEnumerable<double> values)
    {
        var (sum, count) = (0.0, 0);
        foreach (var value in values.Where(v => !double.IsNaN(v)))
        {
            sum += value;
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }
}
