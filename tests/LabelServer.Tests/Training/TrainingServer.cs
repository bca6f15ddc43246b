using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using LabelServer.Hosting;
using LabelServer.Inference;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using LabelServer.Training;
using LabelServer.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LabelServer.Tests.Training;

/// <summary>A real server with a real studies folder and a bundle that can be trained; only the worker that trains is a double.</summary>
internal sealed class TrainingServer : IAsyncDisposable
{
    public const string Model = "hippo";
    private readonly WebApplication _app;
    private readonly TemporaryFolder _folder;

    private TrainingServer(WebApplication app, TemporaryFolder folder, ScriptedTraining worker)
    {
        _app = app;
        _folder = folder;
        Worker = worker;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public ScriptedTraining Worker { get; }

    public string Studies => Path.Combine(_folder.Path, "studies");

    public string Bundle => Path.Combine(_folder.Path, "models", Model);

    public static async Task<TrainingServer> StartAsync()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "studies"));
        TrainableBundle.Write(Path.Combine(folder.Path, "models", Model), seed: 1);
        TinyBundle.Write(Path.Combine(folder.Path, "models", "tiny"), withWeights: true);
        var worker = new ScriptedTraining();
        var app = ServerHost.Build(
            new ServerOptions
            {
                AppFolder = Path.Combine(SharedFolders.Repository, "apps", "monaibundle"),
                StudiesFolder = Path.Combine(folder.Path, "studies"),
                Port = 0,
                Conf = new Dictionary<string, string> { ["models"] = $"tiny,{Model}", ["models_dir"] = Path.Combine(folder.Path, "models") },
            },
            services =>
            {
                services.AddSingleton<IInferenceDispatcher>(new ScriptedDispatcher());
                services.AddSingleton<ITrainingWorker>(worker);
                services.AddSingleton(new WorkerOptions { StartWithServer = false });
            });
        await app.StartAsync();
        return new TrainingServer(app, folder, worker);
    }

    /// <summary>Adds an image of 4×3×2 voxels and its final label.</summary>
    /// <param name="id">The image's id.</param>
    /// <param name="values">The label's first voxels.</param>
    /// <param name="names">The names of the values 1, 2, … as Slicer sends them; null: none.</param>
    public async Task LabelAsync(string id, byte[] values, params string[]? names)
    {
        await PutAsync($"/datastore/?image={id}", "file", NiftiBytes.Image(), "{}");
        var info = names is null ? "{}" : new JsonObject { ["label_info"] = new JsonArray([.. names.Select((n, i) => (JsonNode?)new JsonObject { ["name"] = n, ["idx"] = i + 1 })]) }.ToJsonString();
        await PutAsync($"/datastore/label?image={id}", "label", NiftiBytes.Label(values), info);
    }

    public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json")) };
        using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    public async Task<JsonNode> StatusAsync() => (await SendAsync(HttpMethod.Get, "/train/")).Body!;

    /// <summary>Waits until the newest job has ended.</summary>
    public async Task<JsonNode> EndedAsync()
    {
        while (true)
        {
            var job = await StatusAsync();
            if ((string)job["status"]! is not ("SUBMITTED" or "RUNNING"))
                return job;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private async Task PutAsync(string path, string field, byte[] bytes, string parameters)
    {
        using var form = StoreServer.File(field, bytes, "x.nii.gz", parameters);
        using var answer = await Client.PutAsync(path, form, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
