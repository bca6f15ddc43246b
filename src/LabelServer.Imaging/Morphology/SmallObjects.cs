using System.Numerics;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Morphology;

/// <summary>Removes small connected objects, in place.</summary>
/// <remarks>Source of the conventions: MONAI monai/transforms/utils.py (remove_small_objects), scikit-image's remove_small_objects: an image with values above 1 counts as already
/// labelled, so that an object is all voxels of one value, whatever its shape; channels count as a fourth axis. An object of exactly the minimum goes too: scikit-image 0.26 reads
/// MONAI's <c>min_size</c> as the largest size that is removed.</remarks>
public static class SmallObjects
{
    /// <summary>Sets to 0 what belongs to an object of no more than <paramref name="minimum"/> voxels.</summary>
    /// <param name="volume">Labels or a mask; changed.</param>
    /// <param name="minimum">The largest number of voxels that is removed.</param>
    /// <param name="connectivity">1 (faces) to 4 (with channels).</param>
    /// <param name="independent">Whether labels are kept apart; otherwise everything above 0 is one foreground.</param>
    /// <param name="cancellation">Stops the search.</param>
    public static void Remove(Volume volume, double minimum, int connectivity, bool independent, CancellationToken cancellation) =>
        volume.Accept<Removal, bool>(new Removal(minimum, connectivity, independent, cancellation));

    private readonly struct Removal(double minimum, int connectivity, bool independent, CancellationToken cancellation) : IVolumeVisitor<bool>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var (least, most) = Range<T>(volume.Samples);
            if (volume.Samples.IsEmpty || least == most)
            {
                return true;
            }

            if (independent && most > T.One)
            {
                RemoveValues(volume.Samples, minimum);
                return true;
            }

            // As MONAI: a binary image counts every value but 0, the union of labels every value above 0.
            Func<T, int> classOf = independent ? v => v != T.Zero ? 1 : 0 : v => v > T.Zero ? 1 : 0;
            var found = ConnectedRuns.Find<T>(volume.Samples, volume.Size, connectivity, classOf, cancellation);
            var runs = found.Runs;
            var sizes = new long[runs.Length];
            for (var n = 0; n < runs.Length; n++)
            {
                sizes[found.ComponentOf(n)] += runs[n].End - runs[n].Start;
            }

            for (var n = 0; n < runs.Length; n++)
            {
                if (sizes[found.ComponentOf(n)] <= minimum)
                {
                    volume.Samples.Slice((runs[n].Line * volume.Size.I) + runs[n].Start, runs[n].End - runs[n].Start).Clear();
                }
            }

            return true;
        }

        private static (T Least, T Most) Range<T>(ReadOnlySpan<T> samples)
            where T : unmanaged, INumber<T>
        {
            if (samples.IsEmpty)
            {
                return (T.Zero, T.Zero);
            }

            var (least, most) = (samples[0], samples[0]);
            foreach (var value in samples)
            {
                least = T.Min(least, value);
                most = T.Max(most, value);
            }

            return (least, most);
        }

        private static void RemoveValues<T>(Span<T> samples, double minimum)
            where T : unmanaged, INumber<T>
        {
            var sizes = new Dictionary<T, long>();
            foreach (var value in samples)
            {
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(sizes, value, out _)++;
            }

            var removed = sizes.Where(s => s.Value <= minimum).Select(s => s.Key).ToHashSet();
            if (removed.Count == 0)
            {
                return;
            }

            foreach (ref var value in samples)
            {
                value = removed.Contains(value) ? T.Zero : value;
            }
        }
    }
}
