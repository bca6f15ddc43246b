using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Cropping;

/// <summary>The pad modes that compute values from each line: maximum, minimum, mean, median, linear ramp. One axis after the other, as NumPy's <c>pad</c> does, so that corners are
/// computed from what the axes before have added.</summary>
internal static class ComputedPad
{
    public static Volume<float> Extract(VolumeView view, VolumeGrid target, ReadOnlySpan<int> starts, PadMode mode, ParallelOptions parallel)
    {
        Span<int> before = stackalloc int[3], inner = stackalloc int[3], first = stackalloc int[3];
        for (var axis = 0; axis < 3; axis++)
        {
            first[axis] = Math.Max(starts[axis], 0);
            inner[axis] = Math.Min(starts[axis] + target.Size[axis], view.Size[axis]) - first[axis];
            before[axis] = first[axis] - starts[axis];
            if (inner[axis] <= 0)
            {
                throw new GeometryException($"The box has nothing in common with an image of {view.Size} voxels; there is nothing to pad it with.");
            }
        }

        var size = new GridSize(inner[0], inner[1], inner[2]);
        using var cropped = Box.Extract(view, Box.GridOf(view.Grid, (first[0], first[1], first[2]), size), (first[0], first[1], first[2]), 0, parallel);
        var current = SampleConversion.ToFloat(new VolumeView(cropped), parallel);
        for (var axis = 0; axis < 3; axis++)
        {
            using var last = current;
            var length = target.Size[axis];
            var grown = axis switch
            {
                0 => target.Size with { J = inner[1], K = inner[2] },
                1 => target.Size with { K = inner[2] },
                _ => target.Size,
            };
            current = PadAxis(last, axis == 2 ? target : new VolumeGrid(grown, target.Affine), axis, before[axis], length, mode, parallel);
        }

        return current;
    }

    private static Volume<float> PadAxis(Volume<float> source, VolumeGrid target, int axis, int before, int length, PadMode mode, ParallelOptions parallel)
    {
        var result = new Volume<float>(target, source.Channels, clear: false);
        try
        {
            var inner = source.Size[axis];
            var stride = axis switch
            {
                0 => 1,
                1 => source.Size.I,
                _ => source.Size.I * source.Size.J,
            };
            Parallel.For(0, source.Samples.Length / inner, parallel, () => new float[length], (line, _, buffer) =>
            {
                var (outer, at) = Math.DivRem(line, stride);
                var (from, to) = ((outer * stride * inner) + at, (outer * stride * length) + at);
                for (var n = 0; n < inner; n++)
                {
                    buffer[before + n] = source.Samples[from + (n * stride)];
                }

                FillLine(buffer, before, inner, mode);
                for (var n = 0; n < length; n++)
                {
                    result.Samples[to + (n * stride)] = buffer[n];
                }

                return buffer;
            }, _ => { });
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private static void FillLine(Span<float> line, int before, int inner, PadMode mode)
    {
        var after = line.Length - before - inner;
        var values = line.Slice(before, inner);
        if (mode == PadMode.LinearRamp)
        {
            for (var n = 0; n < before; n++)
            {
                line[n] = values[0] * n / before;
            }

            for (var n = 0; n < after; n++)
            {
                line[^(n + 1)] = values[inner - 1] * n / after;
            }

            return;
        }

        var value = mode switch
        {
            PadMode.Maximum => System.Numerics.Tensors.TensorPrimitives.Max<float>(values),
            PadMode.Minimum => System.Numerics.Tensors.TensorPrimitives.Min<float>(values),
            PadMode.Mean => System.Numerics.Tensors.TensorPrimitives.Sum<float>(values) / inner,
            _ => Median(values),
        };
        line[..before].Fill(value);
        line[(before + inner)..].Fill(value);
    }

    private static float Median(ReadOnlySpan<float> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
