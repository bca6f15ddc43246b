using System.Numerics;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Labels;

/// <summary>Replaces label values by others.</summary>
public static class LabelMapping
{
    private const int Chunk = 1 << 16;

    /// <summary>Keeps the given labels and sets all others to 0, in place.</summary>
    public static void Keep(Volume volume, IReadOnlyCollection<double> labels, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        volume.Accept<KeepOnly, bool>(new KeepOnly([.. labels], parallel));
    }

    /// <summary>A mask with 1 where the value is one of the given labels, channel by channel.</summary>
    public static Volume<byte> Mask(Volume volume, IReadOnlyCollection<double> labels, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        return volume.Accept<MaskOf, Volume<byte>>(new MaskOf([.. labels], parallel));
    }

    /// <summary>Replaces values pair by pair; all others stay.</summary>
    /// <param name="volume">Any volume.</param>
    /// <param name="from">Values to replace; of a value that is named twice the last pair holds.</param>
    /// <param name="to">What they become.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>A new float32 volume that the caller owns.</returns>
    public static Volume<float> Replace(Volume volume, IReadOnlyList<double> from, IReadOnlyList<double> to, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (from.Count != to.Count)
        {
            throw new ArgumentException("As many new values as old ones are needed.", nameof(to));
        }

        var pairs = new Dictionary<float, float>();
        for (var n = 0; n < from.Count; n++)
        {
            pairs[(float)from[n]] = (float)to[n];
        }

        var result = (Volume<float>)SampleConversion.Convert(volume, SampleType.Float32, parallel);
        ForEachChunk(result, parallel, chunk =>
        {
            for (var n = 0; n < chunk.Length; n++)
            {
                chunk[n] = pairs.GetValueOrDefault(chunk[n], chunk[n]);
            }
        });
        return result;
    }

    private static void ForEachChunk<T>(Volume<T> volume, ParallelOptions parallel, Action<Span<T>> action)
        where T : unmanaged, INumber<T>
    {
        var length = volume.Samples.Length;
        Parallel.For(0, (length + Chunk - 1) / Chunk, parallel, n => action(volume.Samples.Slice(n * Chunk, Math.Min(Chunk, length - (n * Chunk)))));
    }

    private readonly struct KeepOnly(HashSet<double> labels, ParallelOptions parallel) : IVolumeVisitor<bool>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var kept = labels;
            ForEachChunk(volume, parallel, chunk =>
            {
                foreach (ref var value in chunk)
                {
                    value = value != T.Zero && kept.Contains(double.CreateTruncating(value)) ? value : T.Zero;
                }
            });
            return true;
        }
    }

    private readonly struct MaskOf(HashSet<double> labels, ParallelOptions parallel) : IVolumeVisitor<Volume<byte>>
    {
        public Volume<byte> Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var selected = labels;
            var result = new Volume<byte>(volume.Grid, volume.Channels, clear: false);
            try
            {
                var length = volume.Samples.Length;
                Parallel.For(0, (length + Chunk - 1) / Chunk, parallel, n =>
                {
                    var from = volume.Samples.Slice(n * Chunk, Math.Min(Chunk, length - (n * Chunk)));
                    var to = result.Samples.Slice(n * Chunk, from.Length);
                    for (var at = 0; at < from.Length; at++)
                    {
                        to[at] = selected.Contains(double.CreateTruncating(from[at])) ? (byte)1 : (byte)0;
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
