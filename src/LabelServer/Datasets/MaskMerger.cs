using System.Numerics;
using LabelServer.Imaging;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Datasets;

/// <summary>Merges a subject's masks into one label map with the values of a bundle.</summary>
/// <remarks>
/// <para>One mask is in memory at a time, beside the label map. Masks are taken in the order of their values; where two overlap, the later one wins, and the voxels are counted.</para>
/// </remarks>
/// <param name="values">Structure → value, 1 to 255.</param>
internal sealed class MaskMerger(IReadOnlyDictionary<string, int> values)
{
    private const double Set = 0.5;

    // In voxels, at the corners: headers hold float32, and the affine of a mask may come from a quaternion.
    private const double SameWithin = 0.05;

    /// <summary>Merges.</summary>
    /// <returns>The label map, which the caller disposes, and what was found on the way.</returns>
    /// <exception cref="DatasetException">There is nothing to merge, or a mask lies on another grid than the image and the masks before it.</exception>
    /// <exception cref="ImagingException">A file cannot be read.</exception>
    public async Task<(Volume<byte> Labels, MergeResult Result)> MergeAsync(MaskSubject subject, CancellationToken cancellationToken)
    {
        var known = subject.Masks.Where(m => values.ContainsKey(m.Key)).OrderBy(m => values[m.Key]).ToList();
        if (known.Count == 0)
        {
            throw new DatasetException($"None of the {subject.Masks.Count} masks of {subject.Name} has a name of the bundle, such as {values.First().Key}.nii.gz.");
        }

        VolumeGrid? grid = subject.Image is null ? null : (await VolumeReader.ReadHeaderAsync(subject.Image, null, cancellationToken)).Grid;
        Volume<byte>? labels = null;
        var overlaps = new Dictionary<(byte Under, byte Over), long>();
        var voxels = new Dictionary<string, long>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, file) in known)
            {
                using var mask = await VolumeReader.ReadAsync(file, null, cancellationToken);
                grid ??= mask.Grid;
                Check(grid, mask, file, subject);
                labels ??= new Volume<byte>(grid);
                voxels[name] = mask.Accept<Painter, long>(new Painter(labels, (byte)values[name], overlaps));
            }

            var names = values.ToDictionary(v => v.Value, v => v.Key);
            return (labels!, new MergeResult
            {
                Subject = subject.Name,
                Merged = voxels,
                Missing = [.. values.Keys.Where(n => !subject.Masks.ContainsKey(n))],
                Unknown = [.. subject.Masks.Keys.Where(n => !values.ContainsKey(n))],
                Overlaps = [.. overlaps.Select(o => new MaskOverlap(names[o.Key.Under], names[o.Key.Over], o.Value)).OrderByDescending(o => o.Voxels)],
            });
        }
        catch
        {
            labels?.Dispose();
            throw;
        }
    }

    private static void Check(VolumeGrid grid, Volume mask, string file, MaskSubject subject)
    {
        if (mask.Channels != 1 || !IsSame(grid, mask.Grid))
        {
            throw new DatasetException(
                FormattableString.Invariant($"The mask {Path.GetFileName(file)} of {subject.Name} has {mask.Channels} channel(s) of {mask.Size} voxels with the affine {mask.Grid.Affine}; ")
                + FormattableString.Invariant($"{(subject.Image is null ? "the masks before it have" : "the image has")} {grid.Size} voxels with the affine {grid.Affine}. All must lie on one grid."));
        }
    }

    // Voxel by voxel: a mask with turned axes is not the same here.
    private static bool IsSame(VolumeGrid one, VolumeGrid other)
    {
        if (one.Size != other.Size)
        {
            return false;
        }

        var between = one.Affine.Inverse() * other.Affine;
        int[] corners = [0, 1, 2, 3, 4, 5, 6, 7];
        return corners.All(c =>
        {
            var (i, j, k) = ((c & 1) * (one.Size.I - 1.0), ((c >> 1) & 1) * (one.Size.J - 1.0), (c >> 2) * (one.Size.K - 1.0));
            var (x, y, z) = between.Apply(i, j, k);
            return Math.Max(Math.Abs(x - i), Math.Max(Math.Abs(y - j), Math.Abs(z - k))) <= SameWithin;
        });
    }

    private readonly struct Painter(Volume<byte> labels, byte value, Dictionary<(byte Under, byte Over), long> overlaps) : IVolumeVisitor<long>
    {
        public long Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var half = T.CreateSaturating(Set);
            Span<long> under = stackalloc long[byte.MaxValue + 1];
            under.Clear();
            var mask = volume.Samples;
            var target = labels.Samples;
            var count = 0L;
            for (var at = 0; at < mask.Length; at++)
            {
                if (mask[at] > half)
                {
                    under[target[at]]++;
                    target[at] = value;
                    count++;
                }
            }

            for (var other = 1; other < under.Length; other++)
            {
                if (under[other] > 0)
                {
                    overlaps[((byte)other, value)] = under[other];
                }
            }

            return count;
        }
    }
}
