using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Phantoms;

namespace LabelServer.SampleData;

/// <summary>Writes synthetic scans as a studies folder: the images flat, the first one labelled, the truth of the others aside, where the server does not look for labels.</summary>
/// <remarks>
/// <code>
/// OUT/phantom_1.nii.gz …                 the images        OUT/truth/phantom_2.nii.gz …   the true labels of the others
/// OUT/labels/final/phantom_1.nii.gz      a finished label  OUT/truth/labels.json          name → value
/// </code>
/// Nothing that is there already is overwritten. The same seed and count give the same voxels everywhere.
/// </remarks>
public static class SampleDataWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>How the scans differ: voxel size, direction of the axes and turn, so that a client meets what hospitals send.</summary>
    private static readonly CtPhantomOptions[] Protocols =
    [
        new() { Spacing = (3.2, 3.2, 3.2), Orientation = "LPS", ObliqueDegrees = 0, NoiseHounsfield = 5, HasTable = true },
        new() { Spacing = (3.5, 3.5, 5), Orientation = "RAS", ObliqueDegrees = 0, NoiseHounsfield = 5, HasTable = false },
        new() { Spacing = (3.25, 3.25, 4), Orientation = "LAS", ObliqueDegrees = 4, NoiseHounsfield = 5, HasTable = true },
        new() { Spacing = (4, 4, 4), Orientation = "RPI", ObliqueDegrees = 0, NoiseHounsfield = 5, HasTable = false },
    ];

    /// <summary>Writes <paramref name="count"/> scans.</summary>
    /// <param name="folder">The folder; created when it is missing.</param>
    /// <param name="seed">The seed of the first body; the others follow it.</param>
    /// <param name="count">1 to 1000.</param>
    /// <param name="output">Gets a line for each scan.</param>
    /// <param name="cancellationToken">Stops between scans.</param>
    /// <exception cref="SampleDataExistsException">A file is there already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of its range.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static async Task WriteAsync(string folder, int seed, int count, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1000);
        var scans = Enumerable.Range(0, count).Select(n => new Scan(folder, n, unchecked(seed + n), Protocols[n % Protocols.Length])).ToArray();
        var names = Path.Combine(folder, "truth", "labels.json");
        var readme = Path.Combine(folder, "README.md");
        if (scans.SelectMany(s => new[] { s.ImagePath, s.LabelPath }).Append(names).Append(readme).FirstOrDefault(File.Exists) is { } existing)
        {
            throw new SampleDataExistsException(existing);
        }

        Directory.CreateDirectory(Path.Combine(folder, "labels", "final"));
        Directory.CreateDirectory(Path.Combine(folder, "truth"));
        foreach (var scan in scans)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await output.WriteLineAsync(await WriteScanAsync(scan, cancellationToken));
        }

        await File.WriteAllTextAsync(names, NamesJson(), cancellationToken);
        await File.WriteAllTextAsync(readme, Readme(scans, seed), cancellationToken);
    }

    private static async Task<string> WriteScanAsync(Scan scan, CancellationToken cancellationToken)
    {
        // Small files matter more than time: these may lie in a repository.
        var options = new VolumeWriteOptions { CompressionLevel = CompressionLevel.SmallestSize };
        using var phantom = CtPhantom.Generate(scan.Seed, scan.Protocol);
        await VolumeWriter.WriteAsync(phantom.Image, scan.ImagePath, options, cancellationToken);
        await VolumeWriter.WriteAsync(phantom.Label, scan.LabelPath, options, cancellationToken);
        return $"{scan.ImagePath} ({phantom.Image.Size} voxels, {scan.Describe()})";
    }

    private static string NamesJson()
    {
        var names = CtPhantom.LabelNames.Select((name, value) => KeyValuePair.Create(name, (JsonNode?)value)).Skip(1);
        return new JsonObject(names).ToJsonString(Indented) + "\n";
    }

    private static string Readme(IReadOnlyList<Scan> scans, int seed)
    {
        var text = new StringBuilder("# Sample data\n\nSynthetic CT scans of stylised bodies, made by this project's own generator. They are no medical images; nobody was scanned.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Made with `labelserver sampledata OUT --seed {seed} --count {scans.Count}`.\n\n");
        text.Append("| image | seed | voxels | true label |\n|---|---|---|---|\n");
        foreach (var scan in scans)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{Path.GetFileName(scan.ImagePath)}` | {scan.Seed} | {scan.Describe()} | `{scan.RelativeLabel}` |\n");
        }

        text.Append("\nThe folder opens as studies: the first image is labelled already, the labels of the others lie aside in `truth/` to compare with. Label values:\n\n");
        for (var value = 1; value < CtPhantom.LabelNames.Count; value++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{value}. {CtPhantom.LabelNames[value]}\n");
        }

        return text.ToString();
    }

    private sealed record Scan(string Folder, int Number, int Seed, CtPhantomOptions Protocol)
    {
        private string FileName => string.Create(CultureInfo.InvariantCulture, $"phantom_{Number + 1}.nii.gz");

        public string ImagePath => Path.Combine(Folder, FileName);

        public string RelativeLabel => Number == 0 ? $"labels/final/{FileName}" : $"truth/{FileName}";

        public string LabelPath => Path.Combine([Folder, .. RelativeLabel.Split('/')]);

        public string Describe()
        {
            var (i, j, k) = Protocol.Spacing!.Value;
            return string.Create(CultureInfo.InvariantCulture, $"{i} × {j} × {k} mm, {Protocol.Orientation}{(Protocol.ObliqueDegrees is > 0 ? $", oblique by {Protocol.ObliqueDegrees} degrees" : string.Empty)}");
        }
    }
}
