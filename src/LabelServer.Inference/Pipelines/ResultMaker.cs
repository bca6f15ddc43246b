using LabelServer.Bundles.Metadata;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Pipelines;

/// <summary>Makes the answer of a label map that lies on its image's grid.</summary>
internal static class ResultMaker
{
    /// <summary>The answer.</summary>
    /// <param name="labels">The label map, which the answer takes over.</param>
    /// <param name="made">Where and how the labels were made.</param>
    /// <param name="wanted">The number type that is asked for, or null.</param>
    /// <param name="plan">What the bundle did.</param>
    /// <param name="metadata">The bundle's metadata, for the names.</param>
    /// <param name="context">Threads and cancellation.</param>
    /// <param name="clock">Read at the end.</param>
    public static InferenceResult Make(
        HeldVolume labels, (string Device, NetworkPrecision Precision, int Windows) made, SampleType? wanted, BundlePlan plan, BundleMetadata metadata, TransformContext context, StageClock clock)
    {
        var start = clock.Start();
        var volume = OfType(labels.Release(), wanted, context);
        try
        {
            var statistics = LabelStatistics.Of(volume, context.Parallel);
            clock.Post("Statistics", isInverse: false, start);
            return new InferenceResult
            {
                Labels = volume,
                LabelNames = [.. metadata.Labels.Select(l => KeyValuePair.Create(l.Value, l.Key))],
                Latencies = clock.Read(),
                Centroids = statistics.Centroids,
                BoundingBox = statistics.BoundingBox,
                Device = made.Device,
                Precision = made.Precision,
                ModelFilename = Path.GetFileName(plan.WeightsFile),
                WindowCount = made.Windows,
            };
        }
        catch
        {
            volume.Dispose();
            throw;
        }
    }

    // Takes over the volume. Labels that a chain left as numbers of another type become the smallest unsigned type that holds them.
    private static Volume OfType(Volume volume, SampleType? wanted, TransformContext context)
    {
        var type = wanted ?? (volume.SampleType is SampleType.UInt8 or SampleType.UInt16 ? volume.SampleType : SampleType.UInt8);
        if (volume.SampleType == type)
        {
            return volume;
        }

        using (volume)
        {
            return SampleConversion.Convert(volume, type, context.Parallel);
        }
    }
}
