using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Hosting;
using LabelServer.Inference;
using LabelServer.Testing;
using LabelServer.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LabelServer.Tests.Doubles;

/// <summary>A real server on a free port of this machine, with doubles for the data store and the dispatcher, and its own temporary folders.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TemporaryFolder _folder;

    private RunningServer(WebApplication app, TemporaryFolder folder, MemoryDatastore datastore, ScriptedDispatcher dispatcher)
    {
        _app = app;
        _folder = folder;
        Datastore = datastore;
        Dispatcher = dispatcher;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public MemoryDatastore Datastore { get; }

    public ScriptedDispatcher Dispatcher { get; }

    public string ModelFolder => Path.Combine(_folder.Path, "models", "tiny");

    public string StudiesFolder => Path.Combine(_folder.Path, "studies");

    public static async Task<RunningServer> StartAsync(Func<ServerOptions, ServerOptions>? change = null)
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "studies"));
        TinyBundle.Write(Path.Combine(folder.Path, "models", "tiny"), withWeights: true);
        TinyBundle.Write(Path.Combine(folder.Path, "models", "unfetched"), withWeights: false);
        var options = new ServerOptions
        {
            AppFolder = Path.Combine(SharedFolders.Repository, "apps", "monaibundle"),
            StudiesFolder = Path.Combine(folder.Path, "studies"),
            Port = 0,
            Conf = new Dictionary<string, string> { ["models"] = "tiny,unfetched", ["models_dir"] = Path.Combine(folder.Path, "models") },
        };
        var datastore = new MemoryDatastore(folder.Path);
        datastore.Add("scan 1", ".nii.gz", [1, 2, 3]);
        var dispatcher = new ScriptedDispatcher();
        var app = ServerHost.Build(change?.Invoke(options) ?? options, services =>
        {
            services.AddSingleton<IDatastore>(datastore);
            services.AddSingleton<IInferenceDispatcher>(dispatcher);
            services.AddSingleton(new WorkerOptions { StartWithServer = false });
        });
        await app.StartAsync();
        return new RunningServer(app, folder, datastore, dispatcher);
    }

    /// <summary>All services of a kind.</summary>
    public IEnumerable<T> Services<T>() => _app.Services.GetServices<T>();

    public async Task<JsonNode?> GetJsonAsync(string path)
    {
        using var answer = await Client.GetAsync(path);
        Assert.Equal(200, (int)answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Sends raw bytes on a connection of its own and returns the answer as the Python client reads it: the head, then as many bytes as it announces.</summary>
    public async Task<(string Head, byte[] Body)> SendRawAsync(string head, byte[]? body = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Address.Host, Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head));
        if (body is not null)
            await stream.WriteAsync(body);

        var answer = new StringBuilder();
        var single = new byte[1];
        while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(single);
            answer.Append((char)single[0]);
        }

        var length = answer.ToString().Split("Content-Length: ")[1].Split("\r\n")[0];
        var content = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(content);
        return (answer.ToString(), content);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
