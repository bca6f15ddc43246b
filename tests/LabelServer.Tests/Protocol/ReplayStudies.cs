using System.Text.Json.Nodes;
using LabelServer.Datastore;
using LabelServer.Datastore.Checks;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Protocol;

/// <summary>What a recorded case takes for granted: the images and labels that it reads before it has added them.</summary>
internal sealed class ReplayStudies
{
    private readonly Dictionary<string, JsonObject> _images = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Id, string Tag), (string Extension, JsonObject Info)> _labels = [];
    private readonly HashSet<string> _added = new(StringComparer.Ordinal);
    private readonly HashSet<(string Id, string Tag)> _saved = [];

    private ReplayStudies()
    {
    }

    /// <summary>Finds out what must be there.</summary>
    public static ReplayStudies Of(RecordedCase recorded)
    {
        var studies = new ReplayStudies();
        foreach (var exchange in recorded.Exchanges.Where(e => e.Status is 200 or 307))
            studies.Look(exchange);

        // Three finished labels are enough to train and validate on.
        for (var number = 1; number <= 3 && recorded.TrainsModels && !recorded.Name.Contains("no_labels", StringComparison.Ordinal); number++)
            studies.NeedLabel($"labelled_{number}", LabelTags.Final, ".nii.gz", (JsonObject)JsonNode.Parse("""{ "label_info": [ { "name": "anterior", "idx": 1 } ] }""")!);
        return studies;
    }

    /// <summary>Writes the images and labels, and returns the bytes of each under <c>id</c> and <c>id:tag</c>.</summary>
    public async Task<Dictionary<string, byte[]>> WriteAsync(string folder, ReplayFiles files)
    {
        var bytes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using var store = LocalDatastore.Open(new DatastoreOptions { StudiesFolder = folder }, new VolumeInspector(), new TestStore.LabelMaps(), TimeProvider.System, NullLogger.Instance);
        foreach (var (id, info) in _images)
        {
            bytes[id] = await files.ImageAsync();
            using var received = await store.ReceiveAsync(new MemoryStream(bytes[id]), "image.nii.gz", TestContext.Current.CancellationToken);
            await store.AddImageAsync(new ImageUpload(received) { ImageId = id, Info = InfoDocument.Parse(info.ToJsonString(), "image"), User = "admin" }, TestContext.Current.CancellationToken);
        }

        foreach (var ((id, tag), (extension, info)) in _labels)
        {
            bytes[$"{id}:{tag}"] = await files.LabelAsync(extension);
            using var received = await store.ReceiveAsync(new MemoryStream(bytes[$"{id}:{tag}"]), "label" + extension, TestContext.Current.CancellationToken);
            await store.SaveLabelAsync(new LabelUpload(id, received) { Tag = tag, Info = InfoDocument.Parse(info.ToJsonString(), "label") }, TestContext.Current.CancellationToken);
        }

        return bytes;
    }

    private void Look(RecordedExchange exchange)
    {
        var json = (exchange.AnswerBody as JsonObject)?["json"];
        var id = exchange.Query("image") ?? exchange.Query("label") ?? exchange.Query("id");
        switch (exchange.Method, exchange.Route)
        {
            case ("PUT", "/datastore" or "/datastore/image") when json is JsonObject { Count: > 0 } created:
                _added.Add(created["image"]!.GetValue<string>());
                break;
            case ("PUT", "/datastore/label") when id is not null:
                NeedImage(id, null);
                _saved.Add((id, TagOf(exchange)));
                break;
            case ("GET", "/datastore/image/info") when json is JsonObject { Count: > 0 } info:
                NeedImage(id!, info);
                break;
            case ("GET", "/datastore/label/info") when json is JsonObject { Count: > 0 } info:
                NeedLabel(id!, exchange.Query("tag")!, ExtensionIn(info["name"]!.GetValue<string>()), info);
                break;
            case ("GET" or "HEAD", "/datastore/label"):
            case ("PUT", "/datastore/label/info" or "/datastore/updatelabelinfo"):
                NeedLabel(id!, exchange.Query("tag")!, ExtensionIn(exchange.AnswerHeaders.GetValueOrDefault("content-disposition")), null);
                break;
            case ("DELETE", "/datastore/label") or ("GET", "/datastore/image/info" or "/datastore/label/info"):
                break;
            case ("GET", "/datastore"):
                LookAtDocument(json);
                break;
            case ("GET", "/datastore/dataset"):
                LookAtArchive((exchange.AnswerBody as JsonObject)?["zip"] as JsonArray);
                break;
            case ("POST", { } route) when route.StartsWith("/activelearning/", StringComparison.Ordinal):
                if (json is JsonObject { Count: > 0 } served)
                    NeedImage(served["id"]!.GetValue<string>(), served);
                break;
            case ("POST", "/scoring/sum") when json is JsonObject sums:
                foreach (var (summed, _) in sums.Where(s => s.Value is JsonObject { Count: > 1 } sum && sum.ContainsKey("sum")))
                    NeedLabel(summed, LabelTags.Final, ".nii.gz", null);
                break;
            case ("POST", { } route) when route.StartsWith("/batch/infer/", StringComparison.Ordinal) && json is JsonObject inferred:
                foreach (var (image, _) in inferred.Where(i => i.Value is JsonObject { Count: > 0 } result && result.ContainsKey("label")))
                    NeedLabel(image, exchange.Query("images") == "labeled" ? LabelTags.Final : LabelTags.Original, ".nii.gz", null);
                if (inferred["status"] is not null)
                    NeedLabel("labelled", LabelTags.Final, ".nii.gz", null);
                break;
            case ("POST", "/scoring/dice") when json is JsonObject scores:
                foreach (var (scored, _) in scores.Where(s => s.Value is JsonValue))
                {
                    NeedLabel(scored, LabelTags.Final, ".nii.gz", null);
                    NeedLabel(scored, LabelTags.Original, ".nii.gz", null);
                }

                break;
            default:
                if (id is { Length: > 0 } && !ReplacesImage(exchange) && !id.Contains('<', StringComparison.Ordinal) && !id.StartsWith('/'))
                    NeedImage(id, null);
                break;
        }
    }

    private void LookAtDocument(JsonNode? json)
    {
        foreach (var (id, entry) in (json as JsonObject)?["objects"] as JsonObject ?? [])
        {
            NeedImage(id, entry!["image"]!["info"] as JsonObject);
            foreach (var (tag, label) in entry["labels"]!.AsObject())
                NeedLabel(id, tag, label!["ext"]!.GetValue<string>(), label["info"] as JsonObject);
        }

        foreach (var pair in json as JsonArray ?? [])
            NeedLabel(Path.GetFileName(pair!["image"]!.GetValue<string>()).Split('.')[0], LabelTags.Final, ".nii.gz", null);
    }

    private void LookAtArchive(JsonArray? entries)
    {
        foreach (var name in (entries ?? []).Select(e => e!.GetValue<string>()).Where(n => n.StartsWith("label/", StringComparison.Ordinal)))
            NeedLabel(name["label/".Length..].Split('.')[0], LabelTags.Final, name[name.IndexOf('.', StringComparison.Ordinal)..], null);
    }

    // The original takes the image of the parameters; this server that of the query, which must then not be there.
    private static bool ReplacesImage(RecordedExchange exchange) => exchange.Body?.ToJsonString().Contains("image", StringComparison.Ordinal) == true && exchange.Route.StartsWith("/infer/", StringComparison.Ordinal);

    private void NeedImage(string id, JsonObject? info)
    {
        if (!_added.Contains(id) && !_images.TryAdd(id, Known(info, "id", "path", "ts", "name", "user", "weight", "epistemic_entropy")) && info?["client_id"] is { } client)
            _images[id]["client_id"] ??= client.DeepClone();
    }

    private void NeedLabel(string id, string tag, string extension, JsonObject? info)
    {
        NeedImage(id, null);
        if (!_saved.Contains((id, tag)) && (!_labels.TryGetValue((id, tag), out var before) || before.Info.Count == 0))
            _labels[(id, tag)] = (extension, Known(info, "ts", "name", "user"));
    }

    private static string ExtensionIn(string? name) => name?.Contains(".nrrd", StringComparison.Ordinal) == true ? ".nrrd" : ".nii.gz";

    private static string TagOf(RecordedExchange exchange) => string.IsNullOrEmpty(exchange.Query("tag")) ? LabelTags.Final : exchange.Query("tag")!;

    private static JsonObject Known(JsonObject? info, params string[] without)
        => new((info ?? []).Where(i => !without.Contains(i.Key)).Select(i => KeyValuePair.Create(i.Key, i.Value?.DeepClone())));
}
