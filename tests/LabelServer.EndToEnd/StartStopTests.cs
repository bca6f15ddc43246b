using System.Net;
using System.Net.Sockets;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;
using LabelServer.Testing;

namespace LabelServer.EndToEnd;

public sealed class StartStopTests
{
    private static string App => Path.Combine(SharedFolders.Repository, "apps", "monaibundle");

    [Fact]
    public async Task WrongArguments_EndWithAllFaultsAtOnce()
    {
        var (code, output) = await ServerProgram.RunAsync("start_server", "--app", "/no/such/app", "--host", "0.0.0.0", "--verbose", "LOUD");
        Assert.Equal(1, code);
        Assert.All(["--app", "--studies", "--insecure", "LOUD"], word => Assert.Contains(word, output, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortInUse_IsSaidPlainly()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new TestFolder();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var (code, output) = await ServerProgram.RunAsync("start_server", "-a", App, "-s", Path.Combine(folder.Path, "studies"), "-p", $"{port}");
        Assert.Equal(1, code);
        Assert.Contains($"Port {port} of 127.0.0.1 is in use", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_PrintsTheSettingsAndWritesThemAndStartsNothing()
    {
        using var folder = new TestFolder();
        var studies = Path.Combine(folder.Path, "new");
        var (code, output) = await ServerProgram.RunInAsync(folder.Path, "start_server", "--app", App, "--studies", studies, "--conf", "models", "a,b", "--dryrun");
        Assert.Equal(0, code);
        Assert.Contains("models = a,b", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(studies));
        Assert.Contains(studies, await File.ReadAllTextAsync(Path.Combine(folder.Path, OperatingSystem.IsWindows() ? "env.bat" : ".env"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_CreatesTheStudiesFolderAndAnswersUnderBothSlashForms()
    {
        var folder = new TestFolder();
        Directory.Delete(Path.Combine(folder.Path, "studies"));
        await using var server = await ServerProcess.StartAsync(folder);
        foreach (var path in new[] { "/info/", "/info", "/datastore", "/datastore/", "/", "/openapi.json", "/docs" })
            await server.SendAsync(HttpMethod.Get, path);
        Assert.True(Directory.Exists(server.Studies));
    }

    [Fact]
    public async Task SecondServerOnTheSameStudies_IsRefusedWithTheReason()
    {
        await using var first = await ServerProcess.StartAsync(new TestFolder());
        var (code, output) = await ServerProgram.RunAsync("start_server", "--app", App, "--studies", first.Studies, "--port", "0");
        Assert.Equal(1, code);
        Assert.Contains(first.Studies, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);

        // Nobody has asked for anything: no request may be told of.
        Assert.DoesNotContain("answered", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_KeepsWhatWasAcknowledged()
    {
        await using var server = await ServerProcess.StartAsync(new TestFolder());
        await server.AddImageAsync("kept", NiftiBytes.Ct([6, 5, 4]), "x.nii");
        await server.SendAsync(HttpMethod.Put, "/datastore/label?image=kept", Form.File("label", "l.nii", NiftiBytes.UInt8([6, 5, 4]), "{}"));
        Assert.Equal(0, await server.StopAsync());
        var index = await File.ReadAllTextAsync(Path.Combine(server.Studies, "datastore_v2.json"), TestContext.Current.CancellationToken);
        Assert.Contains("\"kept\"", index, StringComparison.Ordinal);
        Assert.Contains("\"final\"", index, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_OfMonaiLabel_IsObeyed()
    {
        await using var server = await ServerProcess.StartAsync(new TestFolder(), environment: new Dictionary<string, string> { ["MONAI_LABEL_API_STR"] = "/api", ["MONAI_LABEL_CORS_ORIGINS"] = "[\"https://viewer.example/\"]" });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/info/");
        request.Headers.Add("Origin", "https://viewer.example");
        using var answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("https://viewer.example", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        await server.SendAsync(HttpMethod.Get, "/info/", status: HttpStatusCode.NotFound);
    }
}
