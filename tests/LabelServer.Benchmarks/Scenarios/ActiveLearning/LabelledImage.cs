using LabelServer.Imaging.Comparison;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Benchmarks.Scenarios.ActiveLearning;

/// <summary>An image of a data set with its true label, as files in memory.</summary>
/// <param name="Id">The file's name without its extension.</param>
/// <param name="Image">A packed NIfTI file.</param>
/// <param name="Label">A packed NIfTI file: 1 anterior, 2 posterior.</param>
internal sealed record LabelledImage(string Id, byte[] Image, byte[] Label)
{
    private const string Extension = ".nii.gz";
    private static readonly StructureTable Structures = new(new Dictionary<int, int> { [1] = 0, [2] = 1 });

    /// <summary>The name of its files.</summary>
    public string FileName => Id + Extension;

    /// <summary>All images of a folder with <c>images</c> and <c>labels</c>, by name.</summary>
    public static IReadOnlyList<LabelledImage> ReadAll(string folder) => [.. Directory.GetFiles(Path.Combine(folder, "images"), "*" + Extension).Order(StringComparer.Ordinal).Select(path =>
        new LabelledImage(Path.GetFileName(path)[..^Extension.Length], File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(folder, "labels", Path.GetFileName(path)))))];

    /// <summary>The mean Dice of both structures between a label map and the true one; a structure that neither has does not count.</summary>
    /// <param name="labels">An NRRD file on the image's grid.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<double> DiceAsync(byte[] labels, CancellationToken cancellationToken)
    {
        using var predicted = await ReadAsync(labels, "labels.nrrd", cancellationToken);
        using var truth = await ReadAsync(Label, FileName, cancellationToken);
        return LabelComparison.Of(predicted, Structures, truth, Structures, 2, withDistances: false, new ParallelOptions { CancellationToken = cancellationToken })
            .Where(s => s.First + s.Second > 0).Average(s => s.Dice);
    }

    private static async Task<Volume> ReadAsync(byte[] bytes, string name, CancellationToken cancellationToken) =>
        (await VolumeReader.LoadAsync(new MemoryStream(bytes), name, cancellationToken: cancellationToken)).Volume;
}
