using System.Text.RegularExpressions;
using LabelServer.EndToEnd.Processes;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Testing;

namespace LabelServer.EndToEnd.BundleCommands;

/// <summary>A copy of the whole-body bundle with a network, patches and images so small that every command of its model card takes seconds. Commands and configs are else the bundle's own.</summary>
internal sealed class SmallWholeBody : IDisposable
{
    // train.json keeps the last ten images for validation.
    private const int Images = 12;
    private readonly TestFolder _folder = new();

    private SmallWholeBody() => Path = System.IO.Path.Combine(_folder.Path, "wholeBody_ct_segmentation");

    /// <summary>The bundle's folder.</summary>
    public string Path { get; }

    /// <summary>Makes the bundle and its data in the layout that the model card expects.</summary>
    public static async Task<SmallWholeBody> CreateAsync()
    {
        var bundle = new SmallWholeBody();
        Directory.CreateDirectory(System.IO.Path.Combine(bundle.Path, "configs"));
        Directory.CreateDirectory(System.IO.Path.Combine(bundle.Path, "models"));
        foreach (var file in Directory.EnumerateFiles(System.IO.Path.Combine(SharedFolders.Repository, "models", "wholeBody_ct_segmentation", "configs")))
        {
            var name = System.IO.Path.GetFileName(file);
            await File.WriteAllTextAsync(System.IO.Path.Combine(bundle.Path, "configs", name), name == "metadata.json" ? await File.ReadAllTextAsync(file) : Shrink(await File.ReadAllTextAsync(file)));
        }

        for (var i = 0; i < Images; i++)
        {
            await bundle.WriteAsync("imagesTr", $"s{i:0000}", isLabel: false, i);
            await bundle.WriteAsync("labelsTr", $"s{i:0000}", isLabel: true, i);
        }

        await bundle.WriteAsync("imagesTs", "s0099", isLabel: false, 99);
        return bundle;
    }

    /// <summary>A file of the bundle.</summary>
    public string FileOf(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => _folder.Dispose();

    private static string Shrink(string config)
    {
        config = Number("96").Replace(config, "16");
        config = Number("160").Replace(config, "24");
        config = config.Replace("\"init_filters\": 32", "\"init_filters\": 8", StringComparison.Ordinal)
            .Replace("\"max_epochs\": 4000", "\"max_epochs\": 2", StringComparison.Ordinal)
            .Replace("\"val_interval\": 20", "\"val_interval\": 1", StringComparison.Ordinal)
            .Replace("\"batch_size\": 4", "\"batch_size\": 2", StringComparison.Ordinal);
        config = Blocks("blocks_down").Replace(config, "\"blocks_down\": [1, 1]");
        return Blocks("blocks_up").Replace(config, "\"blocks_up\": [1]");
    }

    private static Regex Number(string number) => new($@"(?<![\w.]){number}(?![\w.])");

    private static Regex Blocks(string name) => new($@"""{name}"": \[[^\]]*\]");

    private async Task WriteAsync(string part, string name, bool isLabel, int seed)
    {
        var size = new GridSize(18, 20, 22);
        using var volume = new Volume<short>(new VolumeGrid(size, Affine.Scaling(-1.5, 1.5, 1.5)));
        var random = new Random(seed);
        for (var at = 0; at < volume.Samples.Length; at++)
        {
            var inside = at % 18 is > 4 and < 12 && at / 18 % 20 is > 4 and < 14;
            volume.Samples[at] = (short)(isLabel ? (inside ? 5 : 0) : (inside ? 120 : -80) + random.Next(-20, 20));
        }

        var path = FileOf("sampledata", part, name + ".nii.gz");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        await VolumeWriter.WriteAsync(volume, path);
    }
}
