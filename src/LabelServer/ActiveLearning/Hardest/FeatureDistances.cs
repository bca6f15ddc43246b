using LabelServer.Proposals;

namespace LabelServer.ActiveLearning.Hardest;

/// <summary>How far an image lies from the labelled ones in a network's features. Other weights have other features, so only images that were measured with the same ones are compared.</summary>
/// <remarks>Each feature is divided by its standard deviation over the images of those weights; a distance is the root of the mean square over the features.</remarks>
internal sealed class FeatureDistances
{
    private readonly Dictionary<(string Weights, int Features), (double[] Scales, List<(string ImageId, ImageUncertainty Measured)> Labelled)> _spaces = [];

    /// <summary>Prepares.</summary>
    /// <param name="images">Image, what was measured of it, and whether it is labelled.</param>
    public FeatureDistances(IEnumerable<(string ImageId, ImageUncertainty Measured, bool IsLabelled)> images)
    {
        foreach (var space in images.Where(i => i.Measured.Features.Count > 0).GroupBy(i => SpaceOf(i.Measured)))
        {
            var scales = Enumerable.Range(0, space.Key.Features).Select(f => DeviationOf([.. space.Select(i => i.Measured.Features[f])])).ToArray();
            _spaces[space.Key] = (scales, [.. space.Where(i => i.IsLabelled).Select(i => (i.ImageId, i.Measured))]);
        }
    }

    /// <summary>The distance to the nearest labelled image other than itself; null when none was measured with these weights.</summary>
    public double? ToNearestLabelled(string imageId, ImageUncertainty measured)
    {
        if (!_spaces.TryGetValue(SpaceOf(measured), out var space))
        {
            return null;
        }

        double? nearest = null;
        foreach (var (_, other) in space.Labelled.Where(l => l.ImageId != imageId))
        {
            var distance = Math.Sqrt(space.Scales.Select((scale, f) => (other.Features[f] - measured.Features[f]) / scale).Average(d => d * d));
            nearest = nearest < distance ? nearest : distance;
        }

        return nearest;
    }

    private static (string Weights, int Features) SpaceOf(ImageUncertainty measured) => (measured.Weights, measured.Features.Count);

    // A feature that is the same in all images tells none from another.
    private static double DeviationOf(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean))) is var deviation && deviation > 0 ? deviation : 1;
    }
}
