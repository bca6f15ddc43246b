using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Hosting;
using LabelServer.Inference;
using LabelServer.Scoring;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using LabelServer.Tests.Training;
using LabelServer.Training;
using LabelServer.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LabelServer.Tests.Protocol;

/// <summary>A server in the state in which the original was when a case was recorded: its images, its models (bundles with the recorded labels) and its settings.</summary>
internal sealed class ReplayServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TemporaryFolder _folder;

    private readonly TestProvider? _provider;

    private ReplayServer(WebApplication app, TemporaryFolder folder, ReplayFiles files, Dictionary<string, byte[]> stored, TestProvider? provider)
    {
        (_app, _folder, Files, Stored, _provider) = (app, folder, files, stored, provider);
        Address = new Uri(app.Urls.Single());
    }

    public Uri Address { get; }

    public string Studies => System.IO.Path.Combine(_folder.Path, "studies");

    public ReplayFiles Files { get; }

    /// <summary>What the server must hand out: under an image's id, and <c>id:tag</c> for its labels.</summary>
    public Dictionary<string, byte[]> Stored { get; }

    public static async Task<ReplayServer> StartAsync(RecordedCase recorded)
    {
        var folder = new TemporaryFolder();
        var models = ReplayModels.Write(Path.Combine(folder.Path, "models"), recorded);
        var files = new ReplayFiles(recorded);
        var studies = Path.Combine(folder.Path, "studies");
        var stored = await ReplayStudies.Of(recorded).WriteAsync(studies, files);
        var arguments = new StartServerArguments
        {
            App = Path.Combine(SharedFolders.Repository, "apps", "monaibundle"),
            Studies = studies,
            Port = 0,
            Conf = ["models", models.Count == 0 ? "none" : string.Join(',', models), "models_dir", Path.Combine(folder.Path, "models")],
        };
        var environment = Environment(recorded).ToDictionary(e => e.Name, e => e.Value);
        environment["MONAI_LABEL_SESSION_PATH"] = Path.Combine(folder.Path, "sessions");
        var provider = recorded.Name.StartsWith("auth_", StringComparison.Ordinal) && recorded.Name != "auth_off" ? await TestProvider.StartAsync() : null;
        if (provider is not null)
            (environment["MONAI_LABEL_AUTH_ENABLE"], environment["MONAI_LABEL_AUTH_REALM_URI"]) = ("true", provider.Realm);
        var app = ServerHost.Build(ServerOptionsBuilder.Build(arguments, new EnvironmentSettings(environment)), services =>
        {
            services.AddSingleton<IInferenceDispatcher, ReplayDispatcher>();
            services.AddSingleton(new ReplaySpeed(recorded.Exchanges.Any(e => e is { Method: "DELETE", Route: "/batch/infer" } && e.AnswerBody?["json"] is JsonObject)));
            services.AddSingleton<ITrainingWorker>(TrainerOf(recorded));
            if (recorded.Exchanges.Any(e => e is { Method: "POST", Status: 429 } && e.Route.StartsWith("/scoring", StringComparison.Ordinal)))
                services.AddSingleton<IScoringMethod, EndlessScoring>();
            services.AddSingleton(new WorkerOptions { StartWithServer = false });
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ReplayServer(app, folder, files, stored, provider);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_provider is not null)
            await _provider.DisposeAsync();
        _folder.Dispose();
    }

    // Where the recording stops a training, it must not end before.
    private static ScriptedTraining TrainerOf(RecordedCase recorded)
    {
        var worker = new ScriptedTraining();
        foreach (var _ in recorded.Exchanges.Where(e => e is { Method: "POST", Status: 200 } && e.Route.StartsWith("/train", StringComparison.Ordinal) && recorded.Exchanges.Any(d => d.Method == "DELETE")))
            worker.Then(ScriptedTraining.ForeverAsync);
        return worker;
    }

    // The settings that the recordings were made with (golden/protocol/README.md and the notes of the cases).
    private static IEnumerable<(string Name, string Value)> Environment(RecordedCase recorded)
    {
        if (recorded.Exchanges.Any(e => e.Status == 200 && e.Path.StartsWith("/api/", StringComparison.Ordinal)))
            yield return ("MONAI_LABEL_API_STR", "/api");
        switch (recorded.Name)
        {
            case "toggles_sessions":
                yield return ("MONAI_LABEL_SESSIONS", "false");
                break;
            case "toggles_read_only":
                yield return ("MONAI_LABEL_DATASTORE_READ_ONLY", "true");
                break;
            case "toggles_info" or "toggles_tasks":
                foreach (var task in new[] { "TRAIN", "STRATEGY", "SCORING", "BATCH_INFER" })
                    yield return ($"MONAI_LABEL_TASKS_{task}", "false");
                break;
            case "toggles_cors":
                yield return ("MONAI_LABEL_CORS_ORIGINS", JsonSerializer.Serialize(new[] { recorded.Exchanges[0].Header("origin") }));
                break;
            case "cors" or "auth_public":
                yield return ("MONAI_LABEL_CORS_ORIGINS", "*");
                break;
        }
    }
}

/// <summary>Bundles with the names and labels that a case speaks of.</summary>
internal static class ReplayModels
{
    private const string Epistemic = "_epistemic";

    private static readonly JsonObject TwoLabels = new() { ["spleen"] = 1, ["liver"] = 2 };

    public static IReadOnlyList<string> Write(string folder, RecordedCase recorded)
    {
        var info = recorded.Exchanges.Select(e => ((e.AnswerBody as JsonObject)?["json"] as JsonObject)?["models"] as JsonObject).OfType<JsonObject>().FirstOrDefault();
        var models = new Dictionary<string, JsonObject?>(StringComparer.Ordinal);
        foreach (var (name, model) in info ?? [])
            models[name] = model as JsonObject;
        foreach (var exchange in recorded.Exchanges)
        {
            if (exchange.Route.Split('/') is [_, "infer" or "model" or "train", .., var last] && Uri.UnescapeDataString(last) is var name && name is not ("nosuch" or "infer" or "train"))
                models.TryAdd(name, null);
            else if (exchange.Route.StartsWith("/batch/infer/", StringComparison.Ordinal))
                models.TryAdd(exchange.Route.Split('/')[^1], null);
            else if (exchange.Route.StartsWith("/activelearning/", StringComparison.Ordinal) && exchange.Route.EndsWith(Epistemic, StringComparison.Ordinal))
                models.TryAdd(exchange.Route.Split('/')[^1][..^Epistemic.Length], null);
            else if (exchange is { Method: "POST", Route: "/train" } && exchange.Body?["json"] is JsonObject nested)
                nested.Where(n => n.Value is JsonObject).ToList().ForEach(n => models.TryAdd(n.Key, null));
        }

        var written = models.Where(m => !IntendedDifferences.IsNotYet(m.Key)).ToList();
        foreach (var (name, model) in written)
        {
            if (recorded.TrainsModels)
                TrainableBundle.Write(Path.Combine(folder, name), seed: 1);
            else
                Write(Path.Combine(folder, name), model, LabelsOf(recorded, name, model));
        }

        return [.. written.Select(m => m.Key)];
    }

    private static JsonObject LabelsOf(RecordedCase recorded, string name, JsonObject? model)
        => model?["labels"] as JsonObject
            ?? recorded.Exchanges.Where(e => e.Route.EndsWith('/' + name, StringComparison.Ordinal)).Select(e => Find(e.AnswerBody)).OfType<JsonObject>().FirstOrDefault()
            ?? TwoLabels;

    private static JsonObject? Find(JsonNode? node) => node switch
    {
        JsonObject map when map["label_names"] is JsonObject names => names,
        JsonObject map => map.Select(m => Find(m.Value)).OfType<JsonObject>().FirstOrDefault(),
        JsonArray list => list.Select(Find).OfType<JsonObject>().FirstOrDefault(),
        _ => null,
    };

    private static void Write(string folder, JsonObject? model, JsonObject labels)
    {
        Directory.CreateDirectory(Path.Combine(folder, "configs"));
        Directory.CreateDirectory(Path.Combine(folder, "models"));
        var channels = new JsonObject { ["0"] = "background" };
        foreach (var (name, value) in labels.Where(l => l.Key != "background"))
            channels[value!.ToJsonString()] = name;
        var metadata = new JsonObject
        {
            ["version"] = model?["version"]?.DeepClone() ?? "1.0.0",
            ["name"] = Path.GetFileName(folder),
            ["description"] = model?["description"]?.DeepClone() ?? "A model",
            ["network_data_format"] = new JsonObject
            {
                ["inputs"] = new JsonObject { ["image"] = new JsonObject { ["num_channels"] = 1, ["spatial_shape"] = new JsonArray(8, 8, 8) } },
                ["outputs"] = new JsonObject { ["pred"] = new JsonObject { ["channel_def"] = channels } },
            },
        };
        File.WriteAllText(Path.Combine(folder, "configs", "metadata.json"), metadata.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "configs", "inference.json"), """{ "displayable_configs": { "highres": false, "sw_overlap": 0.25, "sw_batch_size": 1 } }""");
        File.WriteAllBytes(Path.Combine(folder, "models", "model.pt"), TinyBundle.Weights(1));
        File.WriteAllBytes(Path.Combine(folder, "models", "model_lowres.pt"), TinyBundle.Weights(2));
    }
}
