using System.Globalization;
using System.Text.Json.Nodes;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Protocol;

/// <summary>Files in place of those that a recording names by their checksums: an image, and labels on its grid, with the size and place that the recorded results have.</summary>
internal sealed class ReplayFiles
{
    private readonly VolumeGrid _grid;

    public ReplayFiles(RecordedCase recorded)
    {
        var header = recorded.Exchanges.Select(e => FindHeader(e.AnswerBody)).OfType<string[]>().FirstOrDefault() ?? [];
        var sizes = Numbers(header, "sizes:");
        var step = Numbers(header, "space directions:");
        var origin = Numbers(header, "space origin:");

        // LPS in the file, RAS here.
        _grid = new VolumeGrid(
            sizes.Length == 3 ? new GridSize((int)sizes[0], (int)sizes[1], (int)sizes[2]) : new GridSize(35, 52, 35),
            step.Length == 9 && origin.Length == 3
                ? new Affine(-step[0], -step[3], -step[6], -origin[0], -step[1], -step[4], -step[7], -origin[1], step[2], step[5], step[8], origin[2])
                : Affine.Identity);
    }

    /// <summary>The bytes for a file that a request sends.</summary>
    /// <param name="route">Where to.</param>
    /// <param name="field">The form field.</param>
    /// <param name="fileName">The file's name.</param>
    /// <param name="recorded">What the recording says of it.</param>
    /// <param name="isGarbage">Whether the case is about files that are none.</param>
    public async Task<byte[]> MakeAsync(string route, string field, string fileName, JsonNode? recorded, bool isGarbage)
    {
        var length = (int?)recorded?["length"]?.GetValue<long>() ?? 0;
        if (isGarbage || (route.StartsWith("/session", StringComparison.Ordinal) && length < 1000))
            return [.. Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26)))];
        if (route.StartsWith("/model", StringComparison.Ordinal))
            return length < 100 ? new byte[length] : TinyBundle.Weights(3);
        return Extension(fileName) switch
        {
            ".json" => "{}"u8.ToArray(),
            ".mha" => "ObjectType = Image\nNDims = 3\nDimSize = 1 1 1\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n\0"u8.ToArray(),
            ".nrrd" => await WriteAsync(field, VolumeFileType.Nrrd),
            ".seg.nrrd" => await WriteAsync(field, VolumeFileType.SegNrrd),
            ".nii" => await WriteAsync(field, VolumeFileType.Nifti),
            _ => await WriteAsync(field, VolumeFileType.NiftiGzip),
        };
    }

    public Task<byte[]> ImageAsync() => TestImages.BallAsync(_grid.Size, _grid.Affine);

    public async Task<byte[]> LabelAsync(VolumeFileType type)
    {
        using var volume = new Volume<byte>(_grid);
        volume.Samples[volume.Samples.Length / 2] = 1;
        using var bytes = new MemoryStream();
        await VolumeWriter.WriteAsync(volume, bytes, type);
        return bytes.ToArray();
    }

    /// <summary>The bytes of a file by its extension.</summary>
    public Task<byte[]> LabelAsync(string extension) => extension == ".json" ? Task.FromResult("{}"u8.ToArray()) : LabelAsync(VolumeFileTypes.FromName(extension));

    private static string Extension(string fileName)
        => fileName.EndsWith(".seg.nrrd", StringComparison.Ordinal) ? ".seg.nrrd" : fileName.EndsWith(".nii.gz", StringComparison.Ordinal) ? ".nii.gz" : Path.GetExtension(fileName);

    private static string[]? FindHeader(JsonNode? node) => node switch
    {
        JsonObject map when map["nrrd_header"] is JsonArray lines => [.. lines.Select(l => l!.GetValue<string>())],
        JsonObject map => map.Select(m => FindHeader(m.Value)).OfType<string[]>().FirstOrDefault(h => h.Length > 1),
        JsonArray list => list.Select(FindHeader).OfType<string[]>().FirstOrDefault(h => h.Length > 1),
        _ => null,
    };

    private static double[] Numbers(string[] header, string key)
    {
        var line = header.FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal));
        return line is null ? [] : [.. line[key.Length..].Split([' ', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
    }

    private async Task<byte[]> WriteAsync(string field, VolumeFileType type)
        => field == "label" ? await LabelAsync(type) : await TestImages.BallAsync(_grid.Size, _grid.Affine, type);
}
