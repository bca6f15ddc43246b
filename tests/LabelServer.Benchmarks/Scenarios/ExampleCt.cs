using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;
using LabelServer.Learning.Training;
using LabelServer.Testing;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>TotalSegmentator's example scan (122×101×112 at 3 mm) with its mask, as an annotator would submit it for a bundle: with the structures that both know, by name.</summary>
/// <remarks>The mask's header names all structures of the program that made it. What the bundle does not know becomes background; what it knows and the mask does not hold stays unlisted, that is unknown.</remarks>
internal static partial class ExampleCt
{
    /// <summary>Writes the label.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="known">The bundle's structures by name.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="FileNotFoundException">There is no shared data folder with the scan.</exception>
    public static async Task<TrainingItem> WriteItemAsync(string folder, IEnumerable<string> known, CancellationToken cancellationToken)
    {
        var source = Path.Combine(SharedFolders.Data ?? throw new FileNotFoundException("There is no shared data folder: set LABELSERVER_DATA."), "ct", "totalsegmentator");
        var mask = Path.Combine(source, "example_seg_fast_force_split.nii.gz");
        var names = known.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var table = (await NamesAsync(mask, cancellationToken)).Where(n => names.Contains(n.Value)).ToDictionary();
        using var truth = await VolumeReader.ReadAsync(mask, cancellationToken: cancellationToken);
        using var label = (Volume<byte>)SampleConversion.Convert(truth, SampleType.UInt8, new ParallelOptions());
        var listed = new SortedDictionary<int, string>();
        for (var at = 0; at < label.Samples.Length; at++)
        {
            if (table.TryGetValue(label.Samples[at], out var name))
                listed[label.Samples[at]] = name;
            else
                label.Samples[at] = 0;
        }

        var path = Path.Combine(folder, "label.nii.gz");
        await VolumeWriter.WriteAsync(label, path, null, cancellationToken);
        return new TrainingItem("example_ct", Path.Combine(source, "example_ct.nii.gz"), path, listed);
    }

    // The names stand in an extension between the header and the voxels, in the XML of Connectome Workbench.
    private static async Task<Dictionary<int, string>> NamesAsync(string mask, CancellationToken cancellationToken)
    {
        await using var file = new GZipStream(File.OpenRead(mask), CompressionMode.Decompress);
        var header = new byte[352];
        await file.ReadExactlyAsync(header, cancellationToken);
        var extension = new byte[(int)BitConverter.ToSingle(header, 108) - header.Length];
        await file.ReadExactlyAsync(extension, cancellationToken);
        return LabelEntry().Matches(Encoding.UTF8.GetString(extension)).ToDictionary(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), m => m.Groups[2].Value);
    }

    [GeneratedRegex("""<Label Key="(\d+)"[^>]*><!\[CDATA\[([^\]]+)\]\]>""")]
    private static partial Regex LabelEntry();
}
