using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Morphology;

/// <summary>The exact Euclidean distance of each voxel to the nearest voxel that is 0, channel by channel.</summary>
/// <remarks>Source: P. Felzenszwalb, D. Huttenlocher, "Distance Transforms of Sampled Functions" (2012): along each axis the lower envelope of parabolas, in double.</remarks>
public static class DistanceTransform
{
    private const double Far = 1e30;

    /// <summary>The distances. Where a channel has no 0 they are infinite.</summary>
    /// <param name="volume">Any volume.</param>
    /// <param name="spacing">The length of a voxel along i, j, k.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>A new volume that the caller owns.</returns>
    public static Volume<float> Of(Volume volume, (double I, double J, double K) spacing, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        var result = (Volume<float>)SampleConversion.Convert(volume, SampleType.Float32, parallel);
        try
        {
            using var squares = new NativeBuffer<double>(result.Samples.Length, clear: false);
            var values = squares.GetSpan();
            for (var n = 0; n < values.Length; n++)
            {
                values[n] = result.Samples[n] == 0 ? 0 : Far;
            }

            var (i, j, k) = volume.Size;
            AlongAxis(squares, i, 1, spacing.I, parallel);
            AlongAxis(squares, j, i, spacing.J, parallel);
            AlongAxis(squares, k, i * j, spacing.K, parallel);
            for (var n = 0; n < values.Length; n++)
            {
                result.Samples[n] = values[n] >= Far / 2 ? float.PositiveInfinity : (float)Math.Sqrt(values[n]);
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private static void AlongAxis(NativeBuffer<double> squares, int length, int stride, double step, ParallelOptions parallel)
    {
        var memory = squares.Memory;
        Parallel.For(0, memory.Length / length, parallel, () => new Envelope(length), (line, _, envelope) =>
        {
            var (outer, inner) = Math.DivRem(line, stride);
            envelope.Apply(memory.Span[((outer * stride * length) + inner)..], stride, step);
            return envelope;
        }, _ => { });
    }

    private sealed class Envelope(int length)
    {
        private readonly double[] _values = new double[length];
        private readonly int[] _roots = new int[length];
        private readonly double[] _borders = new double[length + 1];

        public void Apply(Span<double> line, int stride, double step)
        {
            var count = 0;
            for (var n = 0; n < _values.Length; n++)
            {
                _values[n] = line[n * stride];
                if (_values[n] >= Far / 2)
                {
                    continue;
                }

                var border = double.NegativeInfinity;
                while (count > 0 && (border = Crossing(_roots[count - 1], n, step)) <= _borders[count - 1])
                {
                    count--;
                }

                (_roots[count], _borders[count]) = (n, count == 0 ? double.NegativeInfinity : border);
                count++;
            }

            for (int n = 0, at = 0; n < _values.Length && count > 0; n++)
            {
                while (at + 1 < count && _borders[at + 1] < n)
                {
                    at++;
                }

                var distance = (n - _roots[at]) * step;
                line[n * stride] = (distance * distance) + _values[_roots[at]];
            }
        }

        // Where the parabola over b becomes lower than that over a, in voxels.
        private double Crossing(int a, int b, double step) =>
            (((_values[b] - _values[a]) / (step * step)) + ((double)b * b) - ((double)a * a)) / (2.0 * (b - a));
    }
}
