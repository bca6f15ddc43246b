using System.Globalization;
using System.Text.Json;
using LabelServer.EndToEnd.Processes;
using LabelServer.Imaging.Comparison;
using LabelServer.Imaging.Formats;
using LabelServer.Testing;

namespace LabelServer.EndToEnd;

/// <summary>What a newcomer sees first: the demo model finds in the scans of <c>sampledata</c>, which it was not trained on, what the generator drew there.</summary>
public sealed class DemoSegmentationTests
{
    [Theory]
    [InlineData("phantom_2")]
    [InlineData("phantom_3")]
    [InlineData("phantom_4")]
    public async Task Infer_SampleScan_FindsEveryStructure(string scan)
    {
        DemoModel.Require();
        using var folder = new TestFolder();
        var samples = Path.Combine(SharedFolders.Repository, "sampledata");
        var output = Path.Combine(folder.Path, "labels.nii.gz");

        var (code, text) = await ServerProgram.RunAsync(
            "infer", "--bundle", Path.Combine(SharedFolders.Repository, "models", DemoModel.Name), "--input", Path.Combine(samples, scan + ".nii.gz"), "--output", output, "--precision", "float32");

        Assert.True(code == 0, text);
        var names = JsonSerializer.Deserialize<Dictionary<string, int>>(await File.ReadAllTextAsync(Path.Combine(samples, "truth", "labels.json"), TestContext.Current.CancellationToken))!;
        var table = new StructureTable(names.Values.ToDictionary(value => value, value => value - 1));
        using var found = await VolumeReader.ReadAsync(output, null, TestContext.Current.CancellationToken);
        using var truth = await VolumeReader.ReadAsync(Path.Combine(samples, "truth", scan + ".nii.gz"), null, TestContext.Current.CancellationToken);
        var structures = LabelComparison.Of(found, table, truth, table, names.Count, withDistances: false, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken });

        var dice = names.Select(n => (n.Key, structures[n.Value - 1].Dice)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", dice.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Key} {d.Dice:0.000}"))));
        Assert.All(dice, d => Assert.True(d.Dice >= 0.5, $"{d.Key}: Dice {d.Dice}"));
        Assert.True(dice.Average(d => d.Dice) >= 0.8, $"mean Dice {dice.Average(d => d.Dice)}");
    }
}
