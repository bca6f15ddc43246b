namespace LabelServer.ActiveLearning.Hardest;

/// <summary>Learns from corrected images how much a proposal will be corrected, and predicts it for the others.</summary>
/// <remarks>
/// Predictors of an image, none of which looks at a label of its own: the entropy of its prediction; the logarithms of its structures' volumes against those of the labels of the other images (mean and largest deviation in standard
/// deviations); the share of structures that most other labels have and the proposal lacks; the distance of its pooled features to the nearest labelled image. Entropy and features count only where at least half of the examples have them.
/// </remarks>
internal sealed class DicePrediction
{
    /// <summary>Fewer corrected proposals than this teach nothing.</summary>
    public const int LeastExamples = 5;

    private const double OftenPresent = 0.5;

    private DicePrediction(IReadOnlyDictionary<string, double> predicted, int examples, double rankCorrelation) => (Predicted, Examples, HeldOutRankCorrelation) = (predicted, examples, rankCorrelation);

    /// <summary>Image to predicted Dice, 0 to 1, for images without a final label.</summary>
    public IReadOnlyDictionary<string, double> Predicted { get; }

    /// <summary>Corrected proposals that it learned from.</summary>
    public int Examples { get; }

    /// <summary>Spearman's correlation between predicted and true Dice, each image predicted by a regression that did not see it.</summary>
    public double HeldOutRankCorrelation { get; }

    /// <summary>Learns and predicts; null when there are too few examples.</summary>
    public static DicePrediction? Of(IReadOnlyList<ImageFacts> images)
    {
        var examples = images.Where(i => i.Dice is not null).ToList();
        if (examples.Count < LeastExamples)
        {
            return null;
        }

        var withEntropy = examples.Count(e => e.Entropy is not null) * 2 >= examples.Count;
        var withFeatures = examples.Count(e => e.Features.Count > 0) * 2 >= examples.Count;
        var usualEntropy = examples.Where(e => e.Entropy is not null).Select(e => e.Entropy!.Value).DefaultIfEmpty(0).Average();
        double[] Row(ImageFacts image)
        {
            var others = examples.Where(e => e.ImageId != image.ImageId).ToList();
            var (mean, most, missing) = VolumeDeviation(image, others);
            List<double> row = [mean, most, missing];
            if (withEntropy)
            {
                row.Add(image.Entropy ?? usualEntropy);
            }

            if (withFeatures)
            {
                row.Add(FeatureDistance(image, others));
            }

            return [.. row];
        }

        var (fit, leftOut) = RidgeRegression.Fit([.. examples.Select(Row)], [.. examples.Select(e => e.Dice!.Value)]);
        var predicted = images.Where(i => i.Dice is null).ToDictionary(i => i.ImageId, i => Math.Clamp(fit.Predict(Row(i)), 0, 1), StringComparer.Ordinal);
        return new(predicted, examples.Count, RankCorrelation.Of(leftOut, [.. examples.Select(e => e.Dice!.Value)]));
    }

    private static (double Mean, double Most, double Missing) VolumeDeviation(ImageFacts image, List<ImageFacts> labelled)
    {
        var deviations = new List<double>();
        var (expected, missing) = (0, 0);
        foreach (var structure in labelled.SelectMany(l => l.Corrected!.Keys).Distinct(StringComparer.Ordinal))
        {
            var known = labelled.Select(l => l.Corrected!.GetValueOrDefault(structure)).Where(v => v > 0).Select(v => Math.Log(v)).ToList();
            var volume = image.Volumes.GetValueOrDefault(structure);
            if (known.Count > OftenPresent * labelled.Count)
            {
                expected++;
                missing += volume > 0 ? 0 : 1;
            }

            if (volume > 0 && known.Count > 1)
            {
                var mean = known.Average();

                // Volumes of few examples may lie close together by chance; those of people differ by a fifth at least.
                var deviation = Math.Max(Math.Sqrt(known.Sum(k => (k - mean) * (k - mean)) / (known.Count - 1)), 0.2);
                deviations.Add(Math.Min(Math.Abs(Math.Log(volume) - mean) / deviation, 10));
            }
        }

        return (deviations.DefaultIfEmpty(0).Average(), deviations.DefaultIfEmpty(0).Max(), expected == 0 ? 0 : (double)missing / expected);
    }

    private static double FeatureDistance(ImageFacts image, List<ImageFacts> labelled)
    {
        var known = labelled.Where(l => l.Features.Count > 0 && l.Features.Count == image.Features.Count).ToList();
        if (known.Count == 0)
        {
            return 0;
        }

        var scales = Enumerable.Range(0, image.Features.Count).Select(f => known.Average(k => k.Features[f]) is var mean ? Math.Sqrt(known.Average(k => (k.Features[f] - mean) * (k.Features[f] - mean))) + 1e-9 : 1).ToArray();
        return known.Min(k => Math.Sqrt(k.Features.Select((v, f) => (v - image.Features[f]) / scales[f]).Average(d => d * d)));
    }
}
