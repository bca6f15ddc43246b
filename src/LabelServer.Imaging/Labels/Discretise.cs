using System.Numerics;
using System.Numerics.Tensors;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Labels;

/// <summary>Turns scores into labels and labels into one-hot channels. Each result is a new volume that the caller owns.</summary>
public static class Discretise
{
    /// <summary>The index of the largest channel of each voxel; of several equal ones the first; NaN counts as the largest, as in torch.</summary>
    /// <param name="volume">Scores, any number type.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>One channel, <c>uint8</c> for up to 256 channels, else <c>uint16</c>.</returns>
    public static Volume Argmax(Volume volume, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        return volume.Channels <= 256
            ? volume.Accept<ArgmaxOf<byte>, Volume>(new ArgmaxOf<byte>(parallel))
            : volume.Accept<ArgmaxOf<ushort>, Volume>(new ArgmaxOf<ushort>(parallel));
    }

    /// <summary>One channel per class, 1 where the label is that class.</summary>
    /// <param name="volume">Labels in one channel; fractions are cut off, as in torch's <c>.long()</c>.</param>
    /// <param name="classes">The number of channels of the result.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <exception cref="VolumeUnsupportedException">A label is negative or not below <paramref name="classes"/>; the message names it.</exception>
    public static Volume<byte> OneHot(Volume volume, int classes, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        return volume.Accept<OneHotOf, Volume<byte>>(new OneHotOf(classes, parallel));
    }

    /// <summary>1 where the value is at least <paramref name="threshold"/>, else 0.</summary>
    public static Volume<byte> Threshold(Volume volume, double threshold, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        return volume.Accept<ThresholdOf, Volume<byte>>(new ThresholdOf(threshold, parallel));
    }

    /// <summary>Values rounded to whole numbers, half-way ones to the even neighbour, in place.</summary>
    public static void Round(Volume<float> volume, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(parallel);
        parallel.CancellationToken.ThrowIfCancellationRequested();
        TensorPrimitives.Round(volume.Samples, MidpointRounding.ToEven, volume.Samples);
    }

    private readonly struct ArgmaxOf<TLabel>(ParallelOptions parallel) : IVolumeVisitor<Volume>
        where TLabel : unmanaged, INumber<TLabel>
    {
        public Volume Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            if (volume.Channels > 65536)
            {
                throw new VolumeUnsupportedException($"An arg-max over {volume.Channels} channels is not supported; at most 65536.");
            }

            var result = new Volume<TLabel>(volume.Grid);
            var plane = volume.Size.I * volume.Size.J;
            try
            {
                Parallel.For(0, volume.Size.K, parallel, k => Plane(volume, result, k * plane, plane));
                return result;
            }
            catch
            {
                result.Dispose();
                throw;
            }
        }

        private static void Plane<T>(Volume<T> volume, Volume<TLabel> result, int start, int count)
            where T : unmanaged, INumber<T>
        {
            const int Block = 1024;
            Span<T> best = stackalloc T[Block];
            for (var offset = start; offset < start + count; offset += Block)
            {
                var width = Math.Min(Block, start + count - offset);
                var labels = result.Samples.Slice(offset, width);
                volume.Channel(0).Slice(offset, width).CopyTo(best);
                for (var channel = 1; channel < volume.Channels; channel++)
                {
                    var row = volume.Channel(channel).Slice(offset, width);
                    var label = TLabel.CreateTruncating(channel);
                    for (var n = 0; n < row.Length; n++)
                    {
                        if (row[n] > best[n] || (T.IsNaN(row[n]) && !T.IsNaN(best[n])))
                        {
                            best[n] = row[n];
                            labels[n] = label;
                        }
                    }
                }
            }
        }
    }

    private readonly struct OneHotOf(int classes, ParallelOptions parallel) : IVolumeVisitor<Volume<byte>>
    {
        public Volume<byte> Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var result = new Volume<byte>(volume.Grid, classes);
            var (count, number) = ((int)volume.Size.VoxelCount, classes);
            var plane = volume.Size.I * volume.Size.J;
            T? wrong = null;
            try
            {
                Parallel.For(0, volume.Size.K, parallel, k =>
                {
                    var labels = volume.Samples.Slice(k * plane, plane);
                    var samples = result.Samples;
                    for (var n = 0; n < labels.Length; n++)
                    {
                        var label = long.CreateTruncating(labels[n]);
                        if (label < 0 || label >= number)
                        {
                            wrong = labels[n];
                            return;
                        }

                        samples[(int)((label * count) + (k * plane) + n)] = 1;
                    }
                });
                return wrong is null
                    ? result
                    : throw new VolumeUnsupportedException($"The label {wrong} has no place in a one-hot form of {classes} classes (0 to {classes - 1}).");
            }
            catch
            {
                result.Dispose();
                throw;
            }
        }
    }

    private readonly struct ThresholdOf(double threshold, ParallelOptions parallel) : IVolumeVisitor<Volume<byte>>
    {
        public Volume<byte> Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var result = new Volume<byte>(volume.Grid, volume.Channels, clear: false);
            var plane = volume.Size.I * volume.Size.J;

            // torch compares in the samples' own precision: 0.3f >= 0.3 holds there.
            var limit = typeof(T) == typeof(float) ? (float)threshold : threshold;
            try
            {
                Parallel.For(0, volume.Size.K * volume.Channels, parallel, k =>
                {
                    var from = volume.Samples.Slice(k * plane, plane);
                    var to = result.Samples.Slice(k * plane, plane);
                    for (var n = 0; n < from.Length; n++)
                    {
                        to[n] = double.CreateTruncating(from[n]) >= limit ? (byte)1 : (byte)0;
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
    }
}
