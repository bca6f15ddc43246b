using LabelServer.Tests.Doubles;
using LabelServer.Workers;

namespace LabelServer.Tests.Workers;

public sealed class DotnetInstallationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Root_IsTheInstallationThatRunsThisProcess() =>
        Assert.Equal(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(object).Assembly.Location)))), DotnetInstallation.Root);

    [Fact]
    public void Find_WithoutARuntime_TakesTheNamedOneBeforeThePath()
    {
        var (named, onPath) = (Install("named"), Install("path"));

        Assert.Equal(named, Find(("DOTNET_ROOT", named), ("PATH", onPath)));
        Assert.Equal(onPath, Find(("DOTNET_ROOT", Path.Combine(_folder.Path, "nothing here")), ("PATH", onPath)));
        Assert.Equal(onPath, Find(("PATH", string.Join(Path.PathSeparator, _folder.Path, onPath))));
    }

    [Fact]
    public void Find_LinkOnThePath_LeadsIntoTheInstallation()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links ask for a right there.");
        var installed = Install("installed");
        var commands = Directory.CreateDirectory(Path.Combine(_folder.Path, "commands")).FullName;
        File.CreateSymbolicLink(Path.Combine(commands, "dotnet"), Path.Combine(installed, "dotnet"));

        Assert.Equal(installed, Find(("PATH", commands)));
    }

    [Fact]
    public void Find_PathFromWhereTheServerWasStarted_IsNotFollowed()
    {
        var installed = Install("installed");
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), installed);
        Assert.SkipWhen(Path.IsPathFullyQualified(relative), "The temporary folder lies on another drive.");

        Assert.NotEqual(installed, Find(("PATH", relative)));
    }

    private string Install(string name)
    {
        var root = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.Combine(root, "shared", "Microsoft.NETCore.App"));
        File.WriteAllText(Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), string.Empty);
        return root;
    }

    // As in the server that is machine code: the folder of the running program is no runtime's.
    private string? Find(params (string Name, string Value)[] variables) =>
        DotnetInstallation.Find(Path.Combine(_folder.Path, "program"), name => variables.FirstOrDefault(v => v.Name == name).Value);
}
