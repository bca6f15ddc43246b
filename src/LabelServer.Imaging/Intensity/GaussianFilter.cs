using System.Numerics.Tensors;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Intensity;

/// <summary>Smooths along each axis in turn, in place, with zeros outside the image.</summary>
/// <remarks>Each thread holds one plane of lines beside the volume. Along j and k whole lines are added up, each times its weight.</remarks>
public static class GaussianFilter
{
    /// <summary>Smooths a volume in place.</summary>
    /// <param name="volume">The samples.</param>
    /// <param name="sigma">Standard deviation in voxels along i, j, k; one value holds for all.</param>
    /// <param name="approximation">How the weights are made.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static void Apply(Volume<float> volume, IReadOnlyList<double> sigma, GaussianApproximation approximation, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(sigma);
        for (var axis = 0; axis < 3; axis++)
        {
            Convolve(volume, axis, GaussianKernel.Weights(sigma[sigma.Count == 1 ? 0 : axis], approximation), parallel);
        }
    }

    /// <summary>Convolves along one axis, in place, with zeros outside.</summary>
    /// <param name="volume">The samples.</param>
    /// <param name="axis">0 is i, 1 is j, 2 is k.</param>
    /// <param name="weights">An odd number of weights, symmetric.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static void Convolve(Volume<float> volume, int axis, float[] weights, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(weights);
        var (i, j, k) = volume.Size;
        switch (axis)
        {
            case 0:
                Parallel.For(0, j * k * volume.Channels, parallel, () => new float[i], (line, _, copy) =>
                {
                    AlongLine(volume.Samples.Slice(line * i, i), copy, weights);
                    return copy;
                }, _ => { });
                break;
            case 1:
                Parallel.For(0, k * volume.Channels, parallel, () => new float[i * j], (plane, _, copy) =>
                {
                    AcrossLines(volume.Samples[(plane * i * j)..], i, j, i, copy, weights);
                    return copy;
                }, _ => { });
                break;
            default:
                Parallel.For(0, j * volume.Channels, parallel, () => new float[i * k], (row, _, copy) =>
                {
                    var (channel, line) = Math.DivRem(row, j);
                    AcrossLines(volume.Channel(channel)[(line * i)..], i, k, i * j, copy, weights);
                    return copy;
                }, _ => { });
                break;
        }
    }

    private static void AlongLine(Span<float> line, float[] copy, float[] weights)
    {
        var tail = weights.Length / 2;
        line.CopyTo(copy);
        line.Clear();
        for (var tap = -tail; tap <= tail; tap++)
        {
            var (from, to) = (Math.Max(tap, 0), Math.Max(-tap, 0));
            var count = line.Length - Math.Abs(tap);
            if (count > 0)
            {
                TensorPrimitives.MultiplyAdd(copy.AsSpan(from, count), weights[tail + tap], line.Slice(to, count), line.Slice(to, count));
            }
        }
    }

    private static void AcrossLines(Span<float> samples, int width, int count, int stride, float[] copy, float[] weights)
    {
        var tail = weights.Length / 2;
        for (var n = 0; n < count; n++)
        {
            samples.Slice(n * stride, width).CopyTo(copy.AsSpan(n * width));
        }

        for (var n = 0; n < count; n++)
        {
            var target = samples.Slice(n * stride, width);
            target.Clear();
            for (var tap = Math.Max(-tail, -n); tap <= Math.Min(tail, count - 1 - n); tap++)
            {
                TensorPrimitives.MultiplyAdd(copy.AsSpan((n + tap) * width, width), weights[tail + tap], target, target);
            }
        }
    }
}
