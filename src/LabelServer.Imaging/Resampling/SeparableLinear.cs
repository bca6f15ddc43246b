using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Resampling;

/// <summary>Weighted resampling where each axis stands for itself: the weights of a voxel are the product of one table per axis.</summary>
/// <remarks>
/// For each target line: the source lines that it is made of are added up, each times its weight (vectorised, whole lines, converting to float on the way), then the line is
/// interpolated along itself. Only one line per thread is held beside source and target, and the source is read in its own number type and memory order.
/// Every target value is computed alone and in the same order, so the number of threads does not change a bit.
/// </remarks>
internal static class SeparableLinear
{
    /// <summary>Resamples a view; the caller owns the result.</summary>
    /// <param name="view">The source, possibly turned.</param>
    /// <param name="target">The grid of the result.</param>
    /// <param name="taps">For each seen axis i, j, k the taps in seen indices; changed by this call.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static Volume<float> Apply(VolumeView view, VolumeGrid target, AxisTaps[] taps, ParallelOptions parallel)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            if (view.Axes.Flipped(axis))
            {
                taps[axis].Reverse(view.Size[axis]);
            }
        }

        return view.Stored.Accept<Kernel, Volume<float>>(new Kernel(view, target, taps, parallel));
    }

    private readonly struct Kernel(VolumeView view, VolumeGrid target, AxisTaps[] taps, ParallelOptions parallel) : IVolumeVisitor<Volume<float>>
    {
        public unsafe Volume<float> Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var result = new Volume<float>(target, volume.Channels, clear: false);
            try
            {
                var plan = new LinePlan(view, target.Size);
                AxisTaps line = taps[plan.Line], inner = taps[plan.Inner], outer = taps[plan.Outer];
                var (sourceVoxels, targetVoxels, width) = (volume.Size.VoxelCount, target.Size.VoxelCount, volume.Size.I);
                T* from = volume.Buffer.Pointer;
                float* to = result.Buffer.Pointer;
                Parallel.For(0, volume.Channels * outer.Length, parallel, () => new float[width], (index, _, sum) =>
                {
                    var (channel, n) = Math.DivRem(index, outer.Length);
                    var read = from + (channel * sourceVoxels);
                    var write = to + (channel * targetVoxels) + (n * plan.OuterStride);
                    for (var m = 0; m < inner.Length; m++)
                    {
                        AddLines(read, plan, inner, m, outer, n, sum);
                        WriteLine(sum, line, write + (m * plan.InnerStride), plan.LineStride);
                    }

                    return sum;
                }, _ => { });
                return result;
            }
            catch
            {
                result.Dispose();
                throw;
            }
        }

        private static unsafe void AddLines<T>(T* read, LinePlan plan, AxisTaps inner, int m, AxisTaps outer, int n, float[] sum)
            where T : unmanaged, INumber<T>
        {
            var first = true;
            for (var a = 0; a < outer.Width; a++)
            {
                var outerWeight = outer.Weight[(n * outer.Width) + a];
                for (var b = 0; b < inner.Width; b++)
                {
                    var weight = outerWeight * inner.Weight[(m * inner.Width) + b];
                    if (weight == 0)
                    {
                        continue;
                    }

                    var start = read + (outer.Index[(n * outer.Width) + a] * plan.OuterStoredStride) + (inner.Index[(m * inner.Width) + b] * plan.InnerStoredStride);
                    LineSum.Add(new ReadOnlySpan<T>(start, sum.Length), weight, sum, first);
                    first = false;
                }
            }

            if (first)
            {
                Array.Clear(sum);
            }
        }

        private static unsafe void WriteLine(float[] sum, AxisTaps taps, float* write, long stride)
        {
            ref var values = ref MemoryMarshal.GetArrayDataReference(sum);
            ref var index = ref MemoryMarshal.GetArrayDataReference(taps.Index);
            ref var weight = ref MemoryMarshal.GetArrayDataReference(taps.Weight);
            if (taps.Width == 2)
            {
                for (var n = 0; n < taps.Length; n++)
                {
                    write[n * stride] =
                        (Unsafe.Add(ref weight, 2 * n) * Unsafe.Add(ref values, Unsafe.Add(ref index, 2 * n))) +
                        (Unsafe.Add(ref weight, (2 * n) + 1) * Unsafe.Add(ref values, Unsafe.Add(ref index, (2 * n) + 1)));
                }

                return;
            }

            for (var n = 0; n < taps.Length; n++)
            {
                var value = 0f;
                for (var tap = n * taps.Width; tap < (n + 1) * taps.Width; tap++)
                {
                    value += Unsafe.Add(ref weight, tap) * Unsafe.Add(ref values, Unsafe.Add(ref index, tap));
                }

                write[n * stride] = value;
            }
        }
    }
}
