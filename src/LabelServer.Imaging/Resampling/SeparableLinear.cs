using System.Numerics;
using System.Numerics.Tensors;
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
    /// <param name="positions">For each seen axis the exact positions: values that cancel to about 0 are then computed again in double, since a later step may treat exact zeros
    /// apart (MONAI's <c>NormalizeIntensity(nonzero=True)</c>), and whether a sum of eight products is 0 is for its last bit to say. Null where that does not matter.</param>
    public static Volume<float> Apply(VolumeView view, VolumeGrid target, AxisTaps[] taps, ParallelOptions parallel, double[][]? positions = null)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            if (view.Axes.Flipped(axis))
            {
                taps[axis].Reverse(view.Size[axis]);
            }
        }

        return view.Stored.Accept<Kernel, Volume<float>>(new Kernel(view, target, taps, positions, parallel));
    }

    private readonly struct Kernel(VolumeView view, VolumeGrid target, AxisTaps[] taps, double[][]? positions, ParallelOptions parallel) : IVolumeVisitor<Volume<float>>
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
                var exact = positions is null ? null : new ExactLine(view, plan, positions, Doubtful(volume, parallel));
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
                        exact?.Correct(read, write + (m * plan.InnerStride), m, n);
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

        // Below this a float sum of the volume's values may be nothing but rounding.
        private static float Doubtful<T>(Volume<T> volume, ParallelOptions parallel)
            where T : unmanaged, INumber<T>
        {
            const int Chunk = 1 << 18;
            var length = volume.Samples.Length;
            var largest = new double[(length + Chunk - 1) / Chunk];
            Parallel.For(0, largest.Length, parallel, n =>
            {
                ReadOnlySpan<T> chunk = volume.Samples.Slice(n * Chunk, Math.Min(Chunk, length - (n * Chunk)));
                largest[n] = Math.Max(Math.Abs(double.CreateTruncating(TensorPrimitives.Max(chunk))), Math.Abs(double.CreateTruncating(TensorPrimitives.Min(chunk))));
            });
            return (float)(3e-6 * largest.Where(double.IsFinite).DefaultIfEmpty(0).Max());
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
