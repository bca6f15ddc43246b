using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Resampling;

/// <summary>Resampling that only picks voxels: one table of source indices per axis. Nearest neighbour, crop, pad and flip are all this; the number type is kept and no value is invented.</summary>
internal static class SeparablePick
{
    /// <summary>The index that means "outside": the fill value is written there.</summary>
    public const int Outside = -1;

    /// <summary>Picks the voxels; the caller owns the result.</summary>
    /// <param name="view">The source, possibly turned.</param>
    /// <param name="target">The grid of the result.</param>
    /// <param name="tables">For each seen axis the seen source index of each target index, or <see cref="Outside"/>.</param>
    /// <param name="fill">The value outside, cut to the number type.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static Volume Apply(VolumeView view, VolumeGrid target, int[][] tables, double fill, ParallelOptions parallel)
    {
        var stored = new int[3][];
        for (var axis = 0; axis < 3; axis++)
        {
            var last = view.Size[axis] - 1;
            stored[axis] = view.Axes.Flipped(axis) ? Array.ConvertAll(tables[axis], n => n == Outside ? Outside : last - n) : tables[axis];
        }

        return view.Stored.Accept<Kernel, Volume>(new Kernel(view, target, stored, fill, parallel));
    }

    private readonly struct Kernel(VolumeView view, VolumeGrid target, int[][] tables, double fill, ParallelOptions parallel) : IVolumeVisitor<Volume>
    {
        public unsafe Volume Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var result = new Volume<T>(target, volume.Channels, clear: false);
            try
            {
                var plan = new LinePlan(view, target.Size);
                int[] line = tables[plan.Line], inner = tables[plan.Inner], outer = tables[plan.Outer];
                var (sourceVoxels, targetVoxels) = (volume.Size.VoxelCount, target.Size.VoxelCount);
                var value = T.CreateSaturating(fill);
                var (runStart, runFrom, runLength) = LongestRun(line);
                T* from = volume.Buffer.Pointer, to = result.Buffer.Pointer;
                Parallel.For(0, volume.Channels * outer.Length, parallel, index =>
                {
                    var (channel, n) = Math.DivRem(index, outer.Length);
                    for (var m = 0; m < inner.Length; m++)
                    {
                        var write = to + (channel * targetVoxels) + (n * plan.OuterStride) + (m * plan.InnerStride);
                        if (outer[n] == Outside || inner[m] == Outside)
                        {
                            Fill(write, line.Length, plan.LineStride, value);
                            continue;
                        }

                        var read = from + (channel * sourceVoxels) + (outer[n] * plan.OuterStoredStride) + (inner[m] * plan.InnerStoredStride);
                        if (plan.LineStride == 1)
                        {
                            Pick(read, line, write, 1, 0, runStart, value);
                            new Span<T>(read + runFrom, runLength).CopyTo(new Span<T>(write + runStart, runLength));
                            Pick(read, line, write, 1, runStart + runLength, line.Length, value);
                        }
                        else
                        {
                            Pick(read, line, write, plan.LineStride, 0, line.Length, value);
                        }
                    }
                });
                return result;
            }
            catch
            {
                result.Dispose();
                throw;
            }
        }

        private static unsafe void Pick<T>(T* read, int[] line, T* write, long stride, int start, int end, T value)
            where T : unmanaged
        {
            for (var n = start; n < end; n++)
            {
                write[n * stride] = line[n] == Outside ? value : read[line[n]];
            }
        }

        private static unsafe void Fill<T>(T* write, int length, long stride, T value)
            where T : unmanaged
        {
            for (var n = 0; n < length; n++)
            {
                write[n * stride] = value;
            }
        }

        // Crops and pads copy one long run of neighbours; finding it once lets every line use a block copy.
        private static (int Start, int From, int Length) LongestRun(int[] line)
        {
            var best = (Start: 0, From: 0, Length: 0);
            for (var n = 0; n < line.Length;)
            {
                var end = n + 1;
                while (line[n] != Outside && end < line.Length && line[end] == line[end - 1] + 1)
                {
                    end++;
                }

                if (line[n] != Outside && end - n > best.Length)
                {
                    best = (n, line[n], end - n);
                }

                n = end;
            }

            return best;
        }
    }
}
