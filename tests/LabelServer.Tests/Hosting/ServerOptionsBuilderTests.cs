using LabelServer.Hosting;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging;

namespace LabelServer.Tests.Hosting;

public sealed class ServerOptionsBuilderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string App => Path.Combine(SharedFolders.Repository, "apps", "monaibundle");

    private StartServerArguments Good => new() { App = App, Studies = Path.Combine(_folder.Path, "studies") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Build_NothingBesidesAppAndStudies_HasTheDefaults()
    {
        var options = ServerOptionsBuilder.Build(Good, EnvironmentSettings.Empty);
        Assert.Equal(("127.0.0.1", 8000, false, "", LogLevel.Information), (options.Host, options.Port, options.Insecure, options.ApiPrefix, options.LogLevel));
        Assert.True(options.ListensOnLoopbackOnly);
        Assert.False(Directory.Exists(options.StudiesFolder));
    }

    [Fact]
    public void Build_EverythingWrong_ListsAllFaults()
    {
        var arguments = new StartServerArguments { App = "/no/such/app", Conf = ["models"], Host = "0.0.0.0", Port = 70000, Verbose = "LOUD", CertificateFile = "a.pem" };
        var environment = Environment(("MONAI_LABEL_API_STR", "api"), ("MONAI_LABEL_CORS_ORIGINS", "[\"viewer\"]"), ("MONAI_LABEL_AUTH_ENABLE", "perhaps"));
        var error = Assert.Throws<ServerOptionsException>(() => ServerOptionsBuilder.Build(arguments, environment));
        string[] expected = ["--app", "--studies is missing", "--conf", "--port 70000", "MONAI_LABEL_CORS_ORIGINS", "MONAI_LABEL_API_STR", "--verbose LOUD", "MONAI_LABEL_AUTH_ENABLE", "--host 0.0.0.0", "--ssl_certfile"];
        Assert.Equal(expected.Length, error.Faults.Count);
        Assert.All(expected.Zip(error.Faults), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.168.1.5")]
    [InlineData("*")]
    [InlineData("gpu-server")]
    public void Build_OtherAddressThanLoopback_NeedsInsecure(string host)
    {
        Assert.Throws<ServerOptionsException>(() => ServerOptionsBuilder.Build(Good with { Host = host }, EnvironmentSettings.Empty));
        Assert.False(ServerOptionsBuilder.Build(Good with { Host = host, Insecure = true }, EnvironmentSettings.Empty).ListensOnLoopbackOnly);
    }

    [Fact]
    public void Build_SettingsOfMonaiLabel_CountUnlessTheCommandLineSaysOtherwise()
    {
        var environment = Environment(
            ("MONAI_LABEL_APP_DIR", App), ("MONAI_LABEL_STUDIES", _folder.Path), ("MONAI_LABEL_APP_CONF", "{\"models\": \"a\", \"skip\": true}"), ("MONAI_LABEL_SERVER_PORT", "9001"),
            ("MONAI_LABEL_CORS_ORIGINS", "[\"https://viewer.example/\"]"), ("MONAI_LABEL_API_STR", "/api"));
        var options = ServerOptionsBuilder.Build(new StartServerArguments { Conf = ["models", "b"], Port = 9002 }, environment);
        Assert.Equal(("b", "true", 9002, "/api"), (options.Conf["models"], options.Conf["skip"], options.Port, options.ApiPrefix));
        Assert.Equal(_folder.Path, options.StudiesFolder);
    }

    [Fact]
    public void Read_DotEnvAsTheOriginalWritesIt_IsReadBelowTheEnvironment()
    {
        File.WriteAllText(Path.Combine(_folder.Path, ".env"), "# comment\nexport MONAI_LABEL_TEST_A='x y'\nMONAI_LABEL_TEST_B=\"z\"\nMONAI_LABEL_TEST_C=[\"a\"]\nPATH=mine\n");
        var settings = EnvironmentSettings.Read(_folder.Path);
        Assert.Equal(("x y", "z"), (settings.Text("MONAI_LABEL_TEST_A"), settings.Text("MONAI_LABEL_TEST_B")));
        Assert.Equal(["a"], settings.List("MONAI_LABEL_TEST_C", []));
        Assert.NotEqual("mine", settings.Text("PATH"));
        Assert.Null(settings.Text("monai_label_test_a"));
    }

    private static EnvironmentSettings Environment(params (string Name, string Value)[] values) => new(values.ToDictionary(v => v.Name, v => v.Value));
}
