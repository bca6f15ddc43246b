using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Hosting;
using LabelServer.Inference;
using LabelServer.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LabelServer.Tests.Doubles;

/// <summary>A real server on a free port with a real studies folder and a clock that stands; only the worker is a double.</summary>
internal sealed class StoreServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TemporaryFolder _folder;

    private StoreServer(WebApplication app, TemporaryFolder folder, ManualTime time)
    {
        _app = app;
        _folder = folder;
        Time = time;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public ManualTime Time { get; }

    public LocalDatastore Store => _app.Services.GetRequiredService<LocalDatastore>();

    public IServiceProvider Services => _app.Services;

    public string Studies => Path.Combine(_folder.Path, "studies");

    public static Task<StoreServer> StartAsync(Action<string>? prepare = null, params (string Name, string Value)[] environment) => StartAsync("monaibundle", new ManualTime(), prepare, environment);

    public static Task<StoreServer> StartAsync(string app, Action<string>? prepare = null, params (string Name, string Value)[] environment) => StartAsync(app, new ManualTime(), prepare, environment);

    public static Task<StoreServer> StartAsync(ManualTime time, Action<string>? prepare, params (string Name, string Value)[] environment) => StartAsync("monaibundle", time, prepare, environment);

    public static Task<StoreServer> StartWithConfAsync(Action<string> prepare, params (string Name, string Value)[] conf) => StartAsync("monaibundle", new ManualTime(), prepare, [], conf);

    private static async Task<StoreServer> StartAsync(string app, ManualTime time, Action<string>? prepare, (string Name, string Value)[] environment, (string Name, string Value)[]? conf = null)
    {
        var folder = new TemporaryFolder();
        var studies = Path.Combine(folder.Path, "studies");
        Directory.CreateDirectory(studies);
        prepare?.Invoke(studies);
        var options = new ServerOptions
        {
            AppFolder = Path.Combine(SharedFolders.Repository, "apps", app),
            StudiesFolder = studies,
            Port = 0,
            Conf = (conf ?? []).ToDictionary(c => c.Name, c => c.Value),
            Environment = new EnvironmentSettings(environment.ToDictionary(e => e.Name, e => e.Value)),
        };
        var host = ServerHost.Build(options, services =>
        {
            services.AddSingleton<IInferenceDispatcher, ScriptedDispatcher>();
            services.AddSingleton<TimeProvider>(time);

            // The worker is started by a service of its own, and background work would wait on a clock that stands.
            foreach (var hosted in services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType is null && s.ImplementationFactory is not null).ToList())
                services.Remove(hosted);
        });
        await host.StartAsync();
        return new StoreServer(host, folder, time);
    }

    public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var answer = await Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public static MultipartFormDataContent File(string field, byte[] bytes, string fileName, string? parameters = null)
    {
        var form = new MultipartFormDataContent();
        if (parameters is not null)
        {
            var text = new StringContent(parameters);
            text.Headers.ContentType = null;
            text.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"params\"" };
            form.Add(text);
        }

        var file = new ByteArrayContent(bytes);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = $"\"{field}\"", FileName = $"\"{fileName}\"" };
        form.Add(file);
        return form;
    }

    public static FormUrlEncodedContent Form(string name, string value) => new([KeyValuePair.Create(name, value)]);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
