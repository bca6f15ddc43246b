using System.Text.Json;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Datasets;

/// <summary>Turns subjects with one mask a structure into the layout of MONAI's bundles: <c>imagesTr/SUBJECT.nii.gz</c> and <c>labelsTr/SUBJECT.nii.gz</c>.</summary>
/// <remarks>A label is written whole or not at all, and one that is there already is left alone, so that an interrupted run goes on where it stopped. What was found stands in <c>merge-masks.json</c>.</remarks>
internal sealed class MaskDatasetWriter(string folder, MaskMerger merger, bool overwrite, bool linkImages, TextWriter output)
{
    private const string Extension = ".nii.gz";
    private readonly List<MergeResult> _results = [];

    /// <summary>Writes all subjects.</summary>
    /// <returns>What was found in those that were merged now.</returns>
    public async Task<IReadOnlyList<MergeResult>> WriteAsync(IReadOnlyList<MaskSubject> subjects, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(folder, "labelsTr"));
        foreach (var subject in subjects)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var label = Path.Combine(folder, "labelsTr", subject.Name + Extension);
            if (File.Exists(label) && !overwrite)
            {
                await output.WriteLineAsync($"{subject.Name}: its label is there already; --overwrite makes it anew");
                continue;
            }

            var (labels, result) = await merger.MergeAsync(subject, cancellationToken);
            using (labels)
            {
                await WriteLabelAsync(labels, label, cancellationToken);
            }

            PlaceImage(subject);
            _results.Add(result);
            await output.WriteLineAsync(Describe(result, subject));
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "merge-masks.json"), JsonSerializer.Serialize(_results, MergeResultJson.Default.ListMergeResult), cancellationToken);
        return _results;
    }

    private static async Task WriteLabelAsync(Volume<byte> labels, string path, CancellationToken cancellationToken)
    {
        var part = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.part");
        try
        {
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await VolumeWriter.WriteAsync(labels, file, VolumeFileType.NiftiGzip, null, cancellationToken);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private void PlaceImage(MaskSubject subject)
    {
        if (subject.Image is null)
        {
            return;
        }

        var target = Path.Combine(folder, "imagesTr", subject.Name + (subject.Image.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Extension : ".nii"));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (File.Exists(target))
        {
            return;
        }

        if (linkImages)
        {
            File.CreateSymbolicLink(target, Path.GetFullPath(subject.Image));
        }
        else
        {
            File.Copy(subject.Image, target);
        }
    }

    private static string Describe(MergeResult result, MaskSubject subject)
    {
        var text = FormattableString.Invariant($"{result.Subject}: {result.Merged.Count} structures merged, {result.Merged.Values.Count(v => v == 0)} of them empty");
        if (result.Overlaps.Count > 0)
        {
            var worst = result.Overlaps[0];
            text += FormattableString.Invariant($"; {result.Overlaps.Sum(o => o.Voxels)} voxels belong to two masks, most to {worst.Under} and {worst.Over} ({worst.Voxels}, labelled {worst.Over})");
        }

        if (result.Missing.Count > 0)
        {
            text += $"; no mask of {string.Join(", ", result.Missing)}: these count as background";
        }

        if (result.Unknown.Count > 0)
        {
            text += $"; left out, as the bundle does not have them: {string.Join(", ", result.Unknown)}";
            text += result.Unknown.Any(TotalSegmentatorNames.IsOnlyInSecond) && result.Missing.Any(TotalSegmentatorNames.IsOnlyInFirst)
                ? " (the masks are of version 2 of the data set, the bundle's names of version 1)" : string.Empty;
        }

        return subject.Image is null ? text + "; there is no image ct.nii.gz" : text;
    }
}
