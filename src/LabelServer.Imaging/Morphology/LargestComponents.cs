using System.Numerics;
using System.Runtime.InteropServices;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Morphology;

/// <summary>Keeps only the largest connected components, in place.</summary>
/// <remarks>Source of the conventions: MONAI monai/transforms/post/array.py (KeepLargestConnectedComponent), monai/transforms/utils.py. Of equally large components the one whose first
/// voxel comes last in row-major order (k fastest) is kept, as MONAI's sort does.</remarks>
public static class LargestComponents
{
    /// <summary>Labels in one channel.</summary>
    /// <param name="volume">A label map of one channel; changed.</param>
    /// <param name="labels">The labels to look at; null means all but 0.</param>
    /// <param name="independent">Whether each label has its own components; otherwise their union has.</param>
    /// <param name="connectivity">1 (faces), 2 (edges) or 3 (corners).</param>
    /// <param name="count">How many components are kept, of each label or of the union.</param>
    /// <param name="cancellation">Stops the search.</param>
    public static void KeepInLabels(Volume volume, IReadOnlyCollection<int>? labels, bool independent, int connectivity, int count, CancellationToken cancellation) =>
        volume.Accept<InLabels, bool>(new InLabels(labels, independent, connectivity, count, cancellation));

    /// <summary>One channel for each label.</summary>
    /// <param name="volume">Channels of 0 and 1; changed.</param>
    /// <param name="channels">The channels to look at; null means all with a positive sum but 0.</param>
    /// <param name="independent">Whether each channel has its own components; otherwise the union of those channels' ones has.</param>
    /// <param name="connectivity">1 (faces), 2 (edges) or 3 (corners).</param>
    /// <param name="count">How many components are kept.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="VolumeUnsupportedException">A channel does not exist.</exception>
    public static void KeepInChannels(Volume volume, IReadOnlyCollection<int>? channels, bool independent, int connectivity, int count, CancellationToken cancellation) =>
        volume.Accept<InChannels, bool>(new InChannels(channels, independent, connectivity, count, cancellation));

    /// <summary>Which runs belong to none of the largest components of their class.</summary>
    private static bool[] Discarded(ConnectedRuns found, int lineCountJ, int lineCountK, int count)
    {
        var runs = found.Runs;
        var sizes = new Dictionary<int, (long Size, long First, int Class)>();
        for (var n = 0; n < runs.Length; n++)
        {
            // The row-major index of the run's first voxel: i slowest, k fastest.
            var (k, j) = Math.DivRem(runs[n].Line, lineCountJ);
            var first = ((((long)runs[n].Start * lineCountJ) + j) * lineCountK) + k;
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(sizes, found.ComponentOf(n), out var known);
            entry = known
                ? (entry.Size + runs[n].End - runs[n].Start, Math.Min(entry.First, first), entry.Class)
                : (runs[n].End - runs[n].Start, first, runs[n].Class);
        }

        var kept = sizes
            .GroupBy(s => s.Value.Class)
            .SelectMany(g => g.OrderByDescending(s => s.Value.Size).ThenByDescending(s => s.Value.First).Take(count))
            .Select(s => s.Key)
            .ToHashSet();
        var discarded = new bool[runs.Length];
        for (var n = 0; n < runs.Length; n++)
        {
            discarded[n] = !kept.Contains(found.ComponentOf(n));
        }

        return discarded;
    }

    private readonly struct InLabels(IReadOnlyCollection<int>? labels, bool independent, int connectivity, int count, CancellationToken cancellation) : IVolumeVisitor<bool>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var wanted = labels?.Select(l => T.CreateSaturating(l)).ToHashSet();
            var classes = new Dictionary<T, int>();
            var each = independent;
            int ClassOf(T value)
            {
                if (wanted is null ? value == T.Zero : !wanted.Contains(value))
                {
                    return 0;
                }

                if (!each)
                {
                    return 1;
                }

                ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(classes, value, out var exists);
                known = exists ? known : classes.Count;
                return known;
            }

            var found = ConnectedRuns.Find<T>(volume.Channel(0), volume.Size, connectivity, ClassOf, cancellation);
            Erase(volume.Channel(0), volume.Size.I, found, Discarded(found, volume.Size.J, volume.Size.K, count));
            return true;
        }
    }

    private readonly struct InChannels(IReadOnlyCollection<int>? channels, bool independent, int connectivity, int count, CancellationToken cancellation) : IVolumeVisitor<bool>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            int[] wanted = [.. channels ?? Enumerable.Range(1, volume.Channels - 1).Where(c => HasForeground<T>(volume.Channel(c)))];
            if (wanted.FirstOrDefault(c => c < 0 || c >= volume.Channels, -1) is var wrong and >= 0)
            {
                throw new VolumeUnsupportedException($"Label {wrong} was asked for, but the one-hot image has only the channels 0 to {volume.Channels - 1}.");
            }

            if (!independent)
            {
                Union(volume, wanted);
                return true;
            }

            foreach (var channel in wanted)
            {
                var samples = volume.Channel(channel);
                var found = ConnectedRuns.Find<T>(samples, volume.Size, connectivity, v => v > T.Zero ? 1 : 0, cancellation);
                Erase(samples, volume.Size.I, found, Discarded(found, volume.Size.J, volume.Size.K, count));
            }

            return true;
        }

        private static bool HasForeground<T>(ReadOnlySpan<T> samples)
            where T : unmanaged, INumber<T>
        {
            var sum = 0.0;
            foreach (var value in samples)
            {
                sum += double.CreateTruncating(value);
            }

            return sum > 0;
        }

        private void Union<T>(Volume<T> volume, int[] wanted)
            where T : unmanaged, INumber<T>
        {
            using var union = new NativeBuffer<byte>((int)volume.Size.VoxelCount);
            var mask = union.GetSpan();
            foreach (var channel in wanted)
            {
                var samples = volume.Channel(channel);
                for (var n = 0; n < mask.Length; n++)
                {
                    mask[n] |= samples[n] == T.One ? (byte)1 : (byte)0;
                }
            }

            var found = ConnectedRuns.Find<byte>(mask, volume.Size, connectivity, v => v, cancellation);
            var discarded = Discarded(found, volume.Size.J, volume.Size.K, count);
            foreach (var channel in wanted)
            {
                Erase(volume.Channel(channel), volume.Size.I, found, discarded);
            }
        }
    }

    private static void Erase<T>(Span<T> samples, int width, ConnectedRuns found, bool[] discarded)
        where T : unmanaged
    {
        var runs = found.Runs;
        for (var n = 0; n < runs.Length; n++)
        {
            if (discarded[n])
            {
                samples.Slice((runs[n].Line * width) + runs[n].Start, runs[n].End - runs[n].Start).Clear();
            }
        }
    }
}
