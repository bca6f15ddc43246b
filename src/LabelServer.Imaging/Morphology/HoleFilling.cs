using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Morphology;

/// <summary>Fills holes: what a label encloses becomes that label, in place.</summary>
/// <remarks>Source of the conventions: MONAI monai/transforms/utils.py (fill_holes). A hole is what is not the label and cannot be reached from the outside through such voxels. Outside a
/// label's bounding box everything can be reached, so only the box is searched. Labels are filled from the smallest to the largest, each seeing what those before have filled.</remarks>
public static class HoleFilling
{
    /// <summary>Fills the holes of labels in one channel, or of the channels of a one-hot image.</summary>
    /// <param name="volume">Labels, or channels of 0 and 1; changed.</param>
    /// <param name="labels">The labels or channels to fill; null means all that occur but 0.</param>
    /// <param name="connectivity">1 to 3: through which neighbours the outside reaches in.</param>
    /// <param name="cancellation">Stops between labels.</param>
    /// <exception cref="VolumeUnsupportedException">A channel does not exist.</exception>
    public static void Fill(Volume volume, IReadOnlyCollection<int>? labels, int connectivity, CancellationToken cancellation) =>
        volume.Accept<Filling, bool>(new Filling(labels, connectivity, cancellation));

    private readonly struct Filling(IReadOnlyCollection<int>? labels, int connectivity, CancellationToken cancellation) : IVolumeVisitor<bool>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            if (volume.Channels == 1)
            {
                T[] wanted = [.. labels?.Select(l => T.CreateSaturating(l)) ?? Distinct<T>(volume.Samples)];
                foreach (var label in wanted.Where(l => l != T.Zero).Distinct().Order())
                {
                    FillOne(volume.Channel(0), volume.Size, v => v == label, label);
                }

                return true;
            }

            foreach (var channel in (labels ?? [.. Enumerable.Range(0, volume.Channels)]).Where(c => c != 0).Distinct().Order())
            {
                if (channel < 0 || channel >= volume.Channels)
                {
                    throw new VolumeUnsupportedException($"Label {channel} was asked for, but the one-hot image has only the channels 0 to {volume.Channels - 1}.");
                }

                FillOne(volume.Channel(channel), volume.Size, v => v != T.Zero, T.One);
            }

            return true;
        }

        private static HashSet<T> Distinct<T>(ReadOnlySpan<T> samples)
            where T : unmanaged, INumber<T>
        {
            var values = new HashSet<T>();
            foreach (var value in samples)
            {
                values.Add(value);
            }

            return values;
        }

        private void FillOne<T>(Span<T> samples, GridSize size, Func<T, bool> isLabel, T label)
            where T : unmanaged, INumber<T>
        {
            cancellation.ThrowIfCancellationRequested();
            if (BoxOf<T>(samples, size, isLabel) is not { } box)
            {
                return;
            }

            var inner = new GridSize(box.EndI - box.I, box.EndJ - box.J, box.EndK - box.K);
            using var mask = new NativeBuffer<byte>((int)inner.VoxelCount, clear: false);
            var outside = mask.GetSpan();
            for (var line = 0; line < inner.J * inner.K; line++)
            {
                var from = LineOf(line, box, inner, size);
                for (var i = 0; i < inner.I; i++)
                {
                    outside[(line * inner.I) + i] = isLabel(samples[from + i]) ? (byte)0 : (byte)1;
                }
            }

            var found = ConnectedRuns.Find<byte>(outside, inner, connectivity, v => v, cancellation);
            var runs = found.Runs;
            var reached = new bool[runs.Length];
            for (var n = 0; n < runs.Length; n++)
            {
                var (k, j) = Math.DivRem(runs[n].Line, inner.J);
                reached[found.ComponentOf(n)] |= runs[n].Start == 0 || runs[n].End == inner.I || j == 0 || j == inner.J - 1 || k == 0 || k == inner.K - 1;
            }

            for (var n = 0; n < runs.Length; n++)
            {
                if (!reached[found.ComponentOf(n)])
                {
                    samples.Slice(LineOf(runs[n].Line, box, inner, size) + runs[n].Start, runs[n].End - runs[n].Start).Fill(label);
                }
            }
        }

        private static int LineOf(int line, (int I, int J, int K, int EndI, int EndJ, int EndK) box, GridSize inner, GridSize size)
        {
            var (k, j) = Math.DivRem(line, inner.J);
            return ((((box.K + k) * size.J) + box.J + j) * size.I) + box.I;
        }

        private static (int I, int J, int K, int EndI, int EndJ, int EndK)? BoxOf<T>(ReadOnlySpan<T> samples, GridSize size, Func<T, bool> isLabel)
        {
            int minI = int.MaxValue, minJ = int.MaxValue, minK = int.MaxValue, maxI = -1, maxJ = -1, maxK = -1;
            for (var line = 0; line < size.J * size.K; line++)
            {
                var values = samples.Slice(line * size.I, size.I);
                for (var i = 0; i < values.Length; i++)
                {
                    if (!isLabel(values[i]))
                    {
                        continue;
                    }

                    var (k, j) = Math.DivRem(line, size.J);
                    (minI, maxI) = (Math.Min(minI, i), Math.Max(maxI, i));
                    (minJ, maxJ) = (Math.Min(minJ, j), Math.Max(maxJ, j));
                    (minK, maxK) = (Math.Min(minK, k), Math.Max(maxK, k));
                }
            }

            return maxI < 0 ? null : (minI, minJ, minK, maxI + 1, maxJ + 1, maxK + 1);
        }
    }
}
