namespace LabelServer.Datasets;

/// <summary>An image with its label, as paths relative to the data set's folder.</summary>
/// <param name="Image">The image.</param>
/// <param name="Label">The label; null when there is none.</param>
internal sealed record DataPair(string Image, string? Label)
{
    private static readonly string[] Extensions = [".nii.gz", ".nii", ".nrrd", ".mha"];

    /// <summary>The labelled images of a folder, and those without a label, each sorted by name: <c>imagesTr</c>, <c>labelsTr</c>, <c>imagesTs</c>, or a studies folder with <c>labels/final</c>.</summary>
    /// <exception cref="DatasetException">There is no image with a label.</exception>
    public static (IReadOnlyList<DataPair> Labelled, IReadOnlyList<DataPair> Others) Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"There is no folder {folder}.");
        }

        var isDecathlon = Directory.Exists(Path.Combine(folder, "imagesTr"));
        var labels = Files(folder, isDecathlon ? "labelsTr" : "labels/final").ToLookup(StemOf, StringComparer.Ordinal);
        var images = Files(folder, isDecathlon ? "imagesTr" : string.Empty).Select(i => new DataPair(i, labels[StemOf(i)].FirstOrDefault())).ToList();
        var labelled = images.Where(p => p.Label is not null).ToList();
        return labelled.Count > 0
            ? (labelled, [.. images.Where(p => p.Label is null), .. Files(folder, "imagesTs").Select(i => new DataPair(i, null))])
            : throw new DatasetException($"{folder} holds no image with a label of the same name. Expected are imagesTr and labelsTr, or a studies folder with labels/final.");
    }

    private static IEnumerable<string> Files(string folder, string sub)
    {
        var path = Path.Combine(folder, sub.Replace('/', Path.DirectorySeparatorChar));
        return !Directory.Exists(path) ? [] : Directory.EnumerateFiles(path)
            .Select(f => Path.GetFileName(f))
            .Where(f => f[0] != '.' && Extensions.Any(e => f.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
            .Order(StringComparer.Ordinal)
            .Select(f => sub.Length == 0 ? f : $"{sub}/{f}");
    }

    private static string StemOf(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name[..^Extensions.First(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)).Length];
    }
}
