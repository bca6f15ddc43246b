using LabelServer.Proposals;

namespace LabelServer.ActiveLearning.Hardest;

/// <summary>Learns from corrected images how much a proposal will be corrected, and predicts it for the others.</summary>
/// <remarks>
/// <para>Predictors of an image, none of which looks at a label of its own: the logarithms of its structures' volumes against those of all other labels (mean and largest deviation in standard deviations); the share of structures that most
/// other labels have and the proposal lacks; the entropy of its prediction; the distance of its features to the nearest labelled image.</para>
/// <para>Entropy and features come from one way of measuring, the one that more examples have, and only from weights that the model had when it made the proposal. They count where at least half of the examples have them; an image without them gets the examples' mean.</para>
/// </remarks>
internal sealed class DicePrediction
{
    /// <summary>Fewer corrected proposals than this teach nothing.</summary>
    public const int LeastExamples = 5;

    private const double OftenPresent = 0.5;

    private DicePrediction(IReadOnlyDictionary<string, double> predicted, int examples, double rankCorrelation) => (Predicted, Examples, HeldOutRankCorrelation) = (predicted, examples, rankCorrelation);

    /// <summary>Image to predicted Dice, 0 to 1, for images with a proposal and without a final label.</summary>
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

        var labelled = images.Where(i => i.Corrected is not null).ToList();
        var measured = Measured(images, examples);
        var distances = new FeatureDistances(images.Where(i => measured(i) is not null).Select(i => (i.ImageId, measured(i)!, i.Corrected is not null)));
        List<Func<ImageFacts, double?>> optional = [i => Own(i)?.Entropy, i => Own(i) is { } own ? distances.ToNearestLabelled(i.ImageId, own) : null];
        List<Func<ImageFacts, double>> used = [];
        foreach (var predictor in optional)
        {
            var known = examples.Select(predictor).OfType<double>().ToList();
            if (known.Count * 2 >= examples.Count)
            {
                var usual = known.Average();
                used.Add(i => predictor(i) ?? usual);
            }
        }

        var (fit, leftOut) = RidgeRegression.Fit([.. examples.Select(Row)], [.. examples.Select(e => e.Dice!.Value)]);
        var predicted = images.Where(i => i.Corrected is null && i.Proposed is not null).ToDictionary(i => i.ImageId, i => Math.Clamp(fit.Predict(Row(i)), 0, 1), StringComparer.Ordinal);
        return new(predicted, examples.Count, RankCorrelation.Of(leftOut, [.. examples.Select(e => e.Dice!.Value)]));

        // Weights of another time say nothing about the proposal.
        ImageUncertainty? Own(ImageFacts image) => measured(image) is { } found && image.Weights.Contains(found.Weights) ? found : null;

        double[] Row(ImageFacts image)
        {
            var (mean, most, missing) = VolumeDeviation(image, labelled);
            return [mean, most, missing, .. used.Select(u => u(image))];
        }
    }

    // Entropies of the two ways of measuring are of different sizes.
    private static Func<ImageFacts, ImageUncertainty?> Measured(IReadOnlyList<ImageFacts> images, List<ImageFacts> examples) =>
        (examples.Count(e => e.Mirrored is not null), images.Count(i => i.Mirrored is not null)).CompareTo((examples.Count(e => e.Dropout is not null), images.Count(i => i.Dropout is not null))) > 0 ? i => i.Mirrored : i => i.Dropout;

    private static (double Mean, double Most, double Missing) VolumeDeviation(ImageFacts image, List<ImageFacts> labelled)
    {
        var deviations = new List<double>();
        var (expected, missing) = (0, 0);
        foreach (var (structure, volume) in image.Proposed!)
        {
            // An annotator may know one structure of a hundred: a label without its name does not say that it is absent.
            var others = labelled.Where(l => l.ImageId != image.ImageId && l.Corrected!.ContainsKey(structure)).Select(l => l.Corrected![structure]).ToList();
            var known = others.Where(v => v > 0).Select(v => Math.Log(v)).ToList();
            if (known.Count > OftenPresent * others.Count)
            {
                expected++;
                missing += volume > 0 ? 0 : 1;
            }

            if (volume > 0 && known.Count > 1)
            {
                var mean = known.Average();

                // Volumes of few labels may lie close together by chance; those of people differ by a fifth at least.
                var deviation = Math.Max(Math.Sqrt(known.Sum(k => (k - mean) * (k - mean)) / (known.Count - 1)), 0.2);
                deviations.Add(Math.Min(Math.Abs(Math.Log(volume) - mean) / deviation, 10));
            }
        }

        return (deviations.DefaultIfEmpty(0).Average(), deviations.DefaultIfEmpty(0).Max(), expected == 0 ? 0 : (double)missing / expected);
    }
}
