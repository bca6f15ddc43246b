using System.CommandLine;
using LabelServer.Apps;
using LabelServer.CommandLine;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.CommandLine;

/// <summary><c>apps</c>, <c>datasets</c>, <c>plugins</c> and the version, as MONAI Label's users type them.</summary>
public sealed class DownloadCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("apps", "radiology")]
    [InlineData("apps", "monaibundle")]
    [InlineData("datasets", "Task09_Spleen")]
    [InlineData("plugins", "slicer")]
    public async Task WithoutDownload_Lists(string command, string expected)
    {
        var (code, output, _) = await RunAsync(command);
        Assert.Equal(0, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apps_CopiesADeclarationThatCanBeUsed()
    {
        var (code, output, errors) = await RunAsync("apps", "-d", "-n", "radiology", "-o", _folder.Path, "--prefix", "my");
        Assert.True(code == 0, errors);
        var copy = Path.Combine(_folder.Path, "my", "radiology");
        Assert.Contains(copy, output, StringComparison.Ordinal);
        Assert.Equal(["segmentation"], AppDeclaration.Read(copy).ModelTypes);

        var (again, _, reason) = await RunAsync("apps", "-d", "-n", "radiology", "-o", _folder.Path, "--prefix", "my");
        Assert.NotEqual(0, again);
        Assert.Contains("there already", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apps", "nosuch", "Available are")]
    [InlineData("apps", "../apps/radiology", "Available are")]
    [InlineData("datasets", "nosuch", "Available are")]
    [InlineData("datasets", "Task09_Spleen", "medicaldecathlon.com")]
    [InlineData("plugins", "slicer", "Extensions Manager")]
    [InlineData("plugins", "nosuch", "Known are")]
    public async Task Download_OfWhatCannotBeBrought_EndsWithTheReason(string command, string name, string expected)
    {
        var (code, _, errors) = await RunAsync(command, "--download", "--name", name, "--output", _folder.Path);
        Assert.NotEqual(0, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Download_WithoutAName_SaysHowToFindOne()
    {
        var (code, _, errors) = await RunAsync("apps", "--download");
        Assert.NotEqual(0, code);
        Assert.Contains("--name", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-v")]
    [InlineData("--version")]
    public async Task Version_IsPrinted(string option)
    {
        var (code, output, _) = await RunAsync(option);
        Assert.Equal(0, code);
        Assert.Matches("^[0-9]+\\.[0-9]+", output);
    }

    [Fact]
    public async Task NoCommand_IsAnErrorWithTheUsage()
    {
        var (code, output, errors) = await RunAsync();
        Assert.NotEqual(0, code);
        Assert.Contains("start_server", output + errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("monaibundle")]
    [InlineData("radiology")]
    [InlineData("review")]
    public void EveryApp_CanBeRead(string app) => Assert.Contains("random", AppDeclaration.Read(Path.Combine(SharedFolders.Repository, "apps", app)).Strategies);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await RootCommandFactory.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = errors }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }
}
