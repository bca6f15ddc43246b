using System.Runtime.CompilerServices;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Resampling;

/// <summary>Resampling with B-splines of order 0 to 5, as SciPy's <c>map_coordinates</c> does (MONAI's integer modes).</summary>
/// <remarks>The coefficients are a float64 copy of the source: eight bytes a voxel while it runs. Source of the conventions: SciPy scipy/ndimage/src/ni_interpolation.c and
/// ni_splines.c: how positions outside are brought back, and the twelve voxels that are added at each side where the boundary has no exact filter.</remarks>
internal static class SplineResampler
{
    private const int Margin = 12;

    public static int? OrderOf(Interpolation interpolation) =>
        interpolation is >= Interpolation.Spline0 and <= Interpolation.Spline5 ? interpolation - Interpolation.Spline0 : null;

    public static unsafe Volume<float> Resample(VolumeView source, VolumeGrid target, Affine toSource, int order, ResampleOptions options, ParallelOptions parallel)
    {
        var margin = order > 1 && options.OutOfBounds is OutOfBounds.Border or OutOfBounds.GridConstant && order > 1 ? Margin : 0;
        using var coefficients = Coefficients(source, order, margin, options.OutOfBounds, parallel);
        var result = new Volume<float>(target, source.Stored.Channels, clear: false);
        try
        {
            var mapping = AlignedMapping(source.Size, target.Size, toSource, options.AlignCorners);
            var (sizeI, sizeJ, sizeK) = target.Size;
            var size = coefficients.Size;
            double* from = coefficients.Buffer.Pointer;
            float* to = result.Buffer.Pointer;
            var targetVoxels = target.Size.VoxelCount;
            Parallel.For(0, sizeJ * sizeK, parallel, line =>
            {
                var (k, j) = Math.DivRem(line, sizeJ);
                Span<int> index = stackalloc int[18];
                Span<double> weight = stackalloc double[18];
                for (var i = 0; i < sizeI; i++)
                {
                    var (x, y, z) = mapping.Apply(i, j, k);
                    var inside = Taps(x + margin, size.I, order, options.OutOfBounds, index, weight);
                    inside &= Taps(y + margin, size.J, order, options.OutOfBounds, index[6..], weight[6..]);
                    inside &= Taps(z + margin, size.K, order, options.OutOfBounds, index[12..], weight[12..]);
                    for (var c = 0; c < result.Channels; c++)
                    {
                        to[(c * targetVoxels) + ((long)line * sizeI) + i] = inside ? (float)Sum(from + (c * size.VoxelCount), size, order, index, weight) : 0;
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

    private static unsafe double Sum(double* from, GridSize size, int order, ReadOnlySpan<int> index, ReadOnlySpan<double> weight)
    {
        double sum = 0;
        for (var c = 0; c <= order; c++)
        {
            for (var b = 0; b <= order; b++)
            {
                if (index[12 + c] < 0 || index[6 + b] < 0)
                {
                    continue;
                }

                var line = from + ((((long)index[12 + c] * size.J) + index[6 + b]) * size.I);
                double part = 0;
                for (var a = 0; a <= order; a++)
                {
                    part += index[a] < 0 ? 0 : weight[a] * line[index[a]];
                }

                sum += part * weight[6 + b] * weight[12 + c];
            }
        }

        return sum;
    }

    // MONAI takes integer modes through centred coordinates; with align_corners these are stretched on the target's and shrunk on the source's side.
    private static Affine AlignedMapping(GridSize source, GridSize target, Affine toSource, bool alignCorners)
    {
        if (!alignCorners)
        {
            return toSource;
        }

        static double Ratio(int n) => Math.Max(n, 2) / (Math.Max(n, 2) - 1.0);
        var centre = Affine.Translation((target.I - 1) / 2.0, (target.J - 1) / 2.0, (target.K - 1) / 2.0);
        var stretch = Affine.Scaling(Ratio(target.I), Ratio(target.J), Ratio(target.K));
        var shrink = Affine.Scaling(1 / Ratio(source.I), 1 / Ratio(source.J), 1 / Ratio(source.K));
        return shrink * Affine.Translation(0.5, 0.5, 0.5) * toSource * centre * stretch * Affine.Translation(-(target.I - 1) / 2.0, -(target.J - 1) / 2.0, -(target.K - 1) / 2.0);
    }

    private static Volume<double> Coefficients(VolumeView source, int order, int margin, OutOfBounds outside, ParallelOptions parallel)
    {
        var tables = new int[3][];
        for (var axis = 0; axis < 3; axis++)
        {
            var size = source.Size[axis];
            tables[axis] = [.. Enumerable.Range(-margin, size + (2 * margin)).Select(n =>
                n >= 0 && n < size ? n : outside == OutOfBounds.GridConstant ? SeparablePick.Outside : Math.Clamp(n, 0, size - 1))];
        }

        var grid = new VolumeGrid(new GridSize(tables[0].Length, tables[1].Length, tables[2].Length), source.Grid.Affine);
        using var padded = SeparablePick.Apply(source, grid, tables, 0, parallel);
        var result = (Volume<double>)SampleConversion.Convert(padded, SampleType.Float64, parallel);
        try
        {
            for (var axis = 0; axis < 3 && order > 1; axis++)
            {
                FilterAxis(result, axis, order, outside, parallel);
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private static unsafe void FilterAxis(Volume<double> volume, int axis, int order, OutOfBounds outside, ParallelOptions parallel)
    {
        var (i, j, k) = volume.Size;
        var (length, stride) = axis switch
        {
            0 => (i, 1L),
            1 => (j, (long)i),
            _ => (k, (long)i * j),
        };
        double* samples = volume.Buffer.Pointer;
        Parallel.For(0, (int)(volume.Samples.Length / length), parallel, () => new double[length], (line, _, buffer) =>
        {
            var (outer, inner) = Math.DivRem(line, stride);
            var start = samples + (outer * stride * length) + inner;
            for (var n = 0; n < length; n++)
            {
                buffer[n] = start[n * stride];
            }

            SplineFilter.Apply(buffer, order, outside);
            for (var n = 0; n < length; n++)
            {
                start[n * stride] = buffer[n];
            }

            return buffer;
        }, _ => { });
    }

    // The taps of one axis; false when the position lies outside and the value is the constant.
    private static bool Taps(double position, int size, int order, OutOfBounds outside, Span<int> index, Span<double> weight)
    {
        var mapped = MapPosition(position, size, outside);
        if (double.IsNaN(mapped))
        {
            return false;
        }

        var start = (order & 1) == 1 ? Math.Floor(mapped) - (order / 2) : Math.Floor(mapped + 0.5) - (order / 2);
        for (var tap = 0; tap <= order; tap++)
        {
            weight[tap] = BSpline(mapped - (start + tap), order);
            var at = (int)start + tap;
            if (at < 0 || at >= size)
            {
                // SciPy reads "constant" and "wrap" beyond the border as mirrored.
                var inner = MapPosition(at, size, outside is OutOfBounds.Zeros or OutOfBounds.Wrap ? OutOfBounds.Mirror : outside);
                at = outside == OutOfBounds.GridConstant ? -1 : (int)inner;
            }

            index[tap] = at;
        }

        return true;
    }

    private static double MapPosition(double position, int size, OutOfBounds outside)
    {
        if (position >= 0 && position <= size - 1)
        {
            return position;
        }

        switch (outside)
        {
            case OutOfBounds.Zeros:
                return double.NaN;
            case OutOfBounds.Border:
                return Math.Clamp(position, 0, size - 1);
            case OutOfBounds.GridConstant:
                return position;
            case OutOfBounds.GridWrap:
                return position - (size * Math.Floor(position / size));
            case OutOfBounds.Wrap:
                return size == 1 ? 0 : position - ((size - 1) * Math.Floor(position / (size - 1)));
            case OutOfBounds.Mirror:
                var around = size == 1 ? 0 : Math.Abs(position) % ((2 * size) - 2);
                return around > size - 1 ? (2 * size) - 2 - around : around;
            default:
                var shifted = (position + 0.5) - (2.0 * size * Math.Floor((position + 0.5) / (2.0 * size)));
                return (shifted > size ? (2.0 * size) - shifted : shifted) - 0.5;
        }
    }

    // The centred B-spline of the given order, by its pieces.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double BSpline(double x, int order)
    {
        var t = Math.Abs(x);
        switch (order)
        {
            case 0:
                return 1;
            case 1:
                return Math.Max(0, 1 - t);
            case 2:
                return t < 0.5 ? 0.75 - (t * t) : t < 1.5 ? 0.5 * (1.5 - t) * (1.5 - t) : 0;
            case 3:
                return t < 1 ? (t * t * (t - 2) * 3 + 4) / 6 : t < 2 ? (2 - t) * (2 - t) * (2 - t) / 6 : 0;
            case 4:
                var s = t * t;
                return t < 0.5
                    ? (s * ((s * 0.25) - 0.625)) + (115.0 / 192.0)
                    : t < 1.5 ? (t * ((t * ((t * (5 - t)) / 6 - 1.25)) + (5.0 / 24.0))) + (55.0 / 96.0) : t < 2.5 ? Math.Pow(2.5 - t, 4) / 24 : 0;
            default:
                var q = t * t;
                return t < 1
                    ? (q * ((q * (0.25 - (t / 12))) - 0.5)) + 0.55
                    : t < 2 ? (t * ((t * ((t * ((t * ((t / 24) - 0.375)) + 1.25)) - 1.75)) + 0.625)) + 0.425 : t < 3 ? Math.Pow(3 - t, 5) / 120 : 0;
        }
    }
}
