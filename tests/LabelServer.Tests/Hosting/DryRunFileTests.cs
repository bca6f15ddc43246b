using LabelServer.Hosting;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Hosting;

public sealed class DryRunFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatIsWritten_StartsTheSameServerWithoutArguments()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A batch file there, which the server does not read.");
        var arguments = new StartServerArguments { App = Path.Combine(SharedFolders.Repository, "apps", "monaibundle"), Studies = Path.Combine(_folder.Path, "it's here"), Port = 9001, Conf = ["models", "a,b", "x", "'$HOME' \"q\""] };
        var environment = new EnvironmentSettings(new Dictionary<string, string> { ["MONAI_LABEL_API_STR"] = "/api", ["MONAI_LABEL_SESSIONS"] = "false", ["SOME_PASSWORD"] = "x" });
        var options = ServerOptionsBuilder.Build(arguments, environment);

        DryRunFile.Write(_folder.Path, options);
        var again = ServerOptionsBuilder.Build(new StartServerArguments(), EnvironmentSettings.Read(_folder.Path));

        Assert.Equal((options.AppFolder, options.StudiesFolder, options.Port, options.ApiPrefix), (again.AppFolder, again.StudiesFolder, again.Port, again.ApiPrefix));
        Assert.Equal(options.Conf, again.Conf);
        Assert.Equal("false", again.Environment.Text("MONAI_LABEL_SESSIONS"));
        Assert.DoesNotContain("SOME_PASSWORD", File.ReadAllText(Path.Combine(_folder.Path, DryRunFile.Name)), StringComparison.Ordinal);
    }

    [Fact]
    public void FileOfTheUsersOwn_IsLeftAlone()
    {
        var path = Path.Combine(_folder.Path, DryRunFile.Name);
        File.WriteAllText(path, "MONAI_LABEL_API_STR=/mine\n");
        var options = ServerOptionsBuilder.Build(new StartServerArguments { App = Path.Combine(SharedFolders.Repository, "apps", "monaibundle"), Studies = _folder.Path }, EnvironmentSettings.Empty);
        Assert.Throws<IOException>(() => DryRunFile.Write(_folder.Path, options));
        Assert.Equal("MONAI_LABEL_API_STR=/mine\n", File.ReadAllText(path));
    }
}
