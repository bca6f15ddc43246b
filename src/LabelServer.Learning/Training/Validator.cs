using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Learning.Metrics;

namespace LabelServer.Learning.Training;

/// <summary>Segments the validation images with the sliding window and scores them on the network's grid, as MONAI's evaluator does.</summary>
internal sealed class Validator(TrainingDataset data, SlidingWindowInferer inferer, int classes)
{
    /// <summary>Scores all images.</summary>
    public async Task<ValidationResult> RunAsync(INetwork network, CancellationToken cancellationToken)
    {
        var means = new ClassMeans();
        var images = new List<KeyValuePair<string, IReadOnlyList<double>>>();
        for (var index = 0; index < data.Count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var scores = await data.UseAsync(index, s => Score(s, network, cancellationToken), -1, cancellationToken);
            means.Add(scores);
            images.Add(new(data.Items[index].Id, scores));
        }

        return new(means.Mean(), means.PerClass(), images);
    }

    private double[] Score(CompactSample sample, INetwork network, CancellationToken cancellationToken)
    {
        using var image = sample.Items[SampleKeys.Image].ExpandFloat();
        var label = sample.Items[SampleKeys.Label].Stored;
        using var prediction = inferer.Labels(image, network, new ParallelOptions { CancellationToken = cancellationToken });
        var scores = DiceScore.PerClass(LabelOverlap.Count(prediction, label, classes), includeBackground: false);
        for (var c = 1; c < classes; c++)
        {
            if (sample.Listed is { } listed && !listed[c])
            {
                scores[c - 1] = double.NaN;
            }
        }

        return scores;
    }
}
