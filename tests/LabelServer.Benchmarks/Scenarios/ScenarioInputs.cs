using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Phantoms;
using LabelServer.Learning.Training;
using LabelServer.Testing;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>The scans that scenarios work on.</summary>
internal static class ScenarioInputs
{
    /// <summary>Puts a scan into a studies folder: the file that <c>--image</c> names, <c>--size I,J,K</c> of a phantom, else the real one of the shared data, else a phantom of its size.</summary>
    /// <returns>The image's id and what it is.</returns>
    public static async Task<(string Id, string What)> AddScanAsync(string studies, ScenarioOptions options, CancellationToken cancellationToken)
    {
        const string Id = "scan";
        var real = SharedFolders.Data is { } data ? Path.Combine(data, "ct", "totalsegmentator", "example_ct.nii.gz") : null;
        var file = options.Text("image") ?? (options.Text("size") is null && File.Exists(real) ? real : null);
        var target = Path.Combine(studies, Id + ".nii.gz");
        if (file is not null)
        {
            File.Copy(file, target);
            return (Id, Path.GetFileName(file));
        }

        var size = (options.Text("size") ?? "243,201,223").Split(',').Select(int.Parse).ToArray();
        var spacing = (options.Text("spacing") ?? "1.5,1.5,1.5").Split(',').Select(s => double.Parse(s, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        using var phantom = CtPhantom.Generate(7, new CtPhantomOptions { Grid = Grid(size, spacing) });
        await VolumeWriter.WriteAsync(phantom.Image, target, null, cancellationToken);
        return (Id, $"phantom {string.Join('×', size)} at {string.Join('×', spacing)} mm");
    }

    /// <summary>A phantom with its label, large enough for crops of 96³ at the finer resolution.</summary>
    public static async Task<TrainingItem> WriteTrainingItemAsync(string folder, CancellationToken cancellationToken)
    {
        using var phantom = CtPhantom.Generate(3, new CtPhantomOptions { Grid = Grid([160, 140, 128], [1.5, 1.5, 1.5]) });
        var (image, label) = (Path.Combine(folder, "image.nii.gz"), Path.Combine(folder, "label.nii.gz"));
        await VolumeWriter.WriteAsync(phantom.Image, image, null, cancellationToken);
        await VolumeWriter.WriteAsync(phantom.Label, label, null, cancellationToken);
        return new TrainingItem("phantom", image, label);
    }

    private static VolumeGrid Grid(int[] size, double[] spacing) => new(
        new GridSize(size[0], size[1], size[2]),
        new Affine(-spacing[0], 0, 0, spacing[0] * size[0] / 2, 0, -spacing[1], 0, spacing[1] * size[1] / 2, 0, 0, spacing[2], -spacing[2] * size[2] / 2));
}
