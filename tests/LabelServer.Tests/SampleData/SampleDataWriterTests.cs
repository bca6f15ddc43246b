using System.CommandLine;
using System.Text.Json;
using LabelServer.CommandLine;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Phantoms;

namespace LabelServer.Tests.SampleData;

public sealed class SampleDataWriterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("labelserver-sampledata-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task SampleData_TwoScans_AreAStudiesFolderWithOneLabelledImage()
    {
        var (code, output, _) = await RunAsync("sampledata", PathOf("out"), "--seed", "4", "--count", "2");

        Assert.Equal(0, code);
        Assert.Contains("phantom_2.nii.gz", output, StringComparison.Ordinal);
        Assert.Equal(["phantom_1.nii.gz", "phantom_2.nii.gz"], Names("out", "*.nii.gz"));
        Assert.Equal(["phantom_1.nii.gz"], Names("out/labels/final", "*"));
        Assert.Equal(["labels.json", "phantom_2.nii.gz"], Names("out/truth", "*"));
        await AssertSameGrid("phantom_1.nii.gz", "labels/final/phantom_1.nii.gz");
        await AssertSameGrid("phantom_2.nii.gz", "truth/phantom_2.nii.gz");
        using var names = JsonDocument.Parse(await File.ReadAllBytesAsync(PathOf("out/truth/labels.json"), TestContext.Current.CancellationToken));
        Assert.Equal(CtPhantom.LabelNames.Skip(1), names.RootElement.EnumerateObject().OrderBy(p => p.Value.GetInt32()).Select(p => p.Name));
        Assert.Contains("--seed 4 --count 2", await File.ReadAllTextAsync(PathOf("out/README.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SampleData_FileThatIsThere_IsNotOverwritten()
    {
        Directory.CreateDirectory(PathOf("out"));
        await File.WriteAllTextAsync(PathOf("out/phantom_1.nii.gz"), "mine", TestContext.Current.CancellationToken);

        var (code, _, errors) = await RunAsync("sampledata", PathOf("out"), "--count", "1");

        Assert.Equal(1, code);
        Assert.Contains("phantom_1.nii.gz' exists already", errors, StringComparison.Ordinal);
        Assert.Equal(["phantom_1.nii.gz"], Names("out", "*"));
        Assert.Equal("mine", await File.ReadAllTextAsync(PathOf("out/phantom_1.nii.gz"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    public async Task SampleData_ImpossibleCount_IsRefused(string count)
    {
        var (code, _, errors) = await RunAsync("sampledata", PathOf("out"), "--count", count);

        Assert.NotEqual(0, code);
        Assert.Contains("--count must be 1 to 1000", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(PathOf("out")));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await RootCommandFactory.Create().Parse(args).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }

    private async Task AssertSameGrid(string image, string label)
    {
        var (a, b) = (await VolumeReader.ReadHeaderAsync(PathOf("out/" + image)), await VolumeReader.ReadHeaderAsync(PathOf("out/" + label)));
        Assert.Equal(a.Grid, b.Grid);
    }

    private string PathOf(string relative) => Path.Combine([_folder.FullName, .. relative.Split('/')]);

    private string[] Names(string folder, string pattern) => [.. new DirectoryInfo(PathOf(folder)).EnumerateFiles(pattern).Select(f => f.Name).Order(StringComparer.Ordinal)];
}
