using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;

namespace LabelServer.Inference.Tests.SlidingWindow;

/// <summary>Blending without any trick: every window, every class, every voxel of the image held at once.</summary>
internal static class PlainBlending
{
    /// <summary>Blended scores [voxel, class], voxels in the image's memory order.</summary>
    public static unsafe float[] Blend(Volume<float> image, INetwork network, WindowPlan plan)
    {
        var importance = ImportanceMap.Create(plan.Roi, plan.Options);
        var cutter = new WindowCutter(image, plan);
        var window = new float[plan.Roi.VoxelCount];
        float[]? sums = null;
        var counts = new float[image.Size.VoxelCount];
        foreach (var index in plan.Order)
        {
            cutter.Cut(index, window, new ParallelOptions());
            using var output = network.Run(window, new WindowBatchShape(1, 1, plan.Roi, plan.Options.SpatialDims), CancellationToken.None);
            sums ??= new float[image.Size.VoxelCount * output.Channels];
            var at = 0;
            for (var x = 0; x < plan.Roi.I; x++)
            {
                for (var y = 0; y < plan.Roi.J; y++)
                {
                    for (var z = 0; z < plan.Roi.K; z++, at++)
                    {
                        var i = plan.Axes[0].Starts[index.X] + x - plan.Axes[0].PadLow;
                        var j = plan.Axes[1].Starts[index.Y] + y - plan.Axes[1].PadLow;
                        var k = plan.Axes[2].Starts[index.Z] + z - plan.Axes[2].PadLow;
                        if (i < 0 || j < 0 || k < 0 || i >= image.Size.I || j >= image.Size.J || k >= image.Size.K)
                        {
                            continue;
                        }

                        var voxel = (((k * image.Size.J) + j) * image.Size.I) + i;
                        counts[voxel] += importance[at];
                        for (var c = 0; c < output.Channels; c++)
                        {
                            sums[(voxel * output.Channels) + c] += importance[at] * ((float*)output.Window(0))[(at * output.Channels) + c];
                        }
                    }
                }
            }
        }

        for (var index = 0; index < sums!.Length; index++)
        {
            sums[index] /= counts[index / (sums.Length / counts.Length)];
        }

        return sums;
    }

    /// <summary>The first of the largest.</summary>
    public static byte[] ArgMax(float[] scores, int classes)
    {
        var labels = new byte[scores.Length / classes];
        for (var voxel = 0; voxel < labels.Length; voxel++)
        {
            for (var c = 1; c < classes; c++)
            {
                if (scores[(voxel * classes) + c] > scores[(voxel * classes) + labels[voxel]])
                {
                    labels[voxel] = (byte)c;
                }
            }
        }

        return labels;
    }
}
