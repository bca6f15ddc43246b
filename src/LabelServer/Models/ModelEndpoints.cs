using System.Text.Json.Nodes;
using LabelServer.Http;
using LabelServer.OpenApi;
using LabelServer.Training;

namespace LabelServer.Models;

/// <summary><c>/model/{model}</c> and <c>/model/info/{model}</c> (protocol 4.11): the weights of a model, to fetch, replace and take away.</summary>
internal static class ModelEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/model/{model}", (string model, HttpRequest request, WeightsStore store) =>
        {
            var weights = store.Find(model, Wanted(request));
            return new FileAnswer(weights.FilePath, model + Path.GetExtension(weights.FileName), ContentTypes.Default);
        }).Describe(Weights("Fetches a model's weights", ContentTypes.Default));
        routes.MapGet("/model/info/{model}", async (string model, HttpRequest request, WeightsStore store, TrainingInfo training, CancellationToken token)
            => new JsonAnswer(WithStats(await InfoAsync(store.Find(model, Wanted(request)).FilePath, token), training.Stats(model)))).Describe(Weights("The checksum and time of a model's weights", "application/json"));
        routes.MapPut("/model/{model}", PutAsync).Describe(Weights("Replaces a model's weights; the former ones are kept", "application/json") with { FormFiles = ["file"] });
        routes.MapDelete("/model/{model}", (string model, HttpRequest request, WeightsStore store) =>
        {
            store.Remove(model, Wanted(request));
            return new JsonAnswer(new JsonObject());
        }).Describe(Weights("Takes a model's weights away; they are renamed, not destroyed", "application/json"));
    }

    private static OperationDescription Weights(string summary, string answer) => new("Models", summary)
    {
        Query = [new("model_filename", QueryKind.Text, "Which weights file; absent for the first that the model lists")],
        Answers = [answer],
    };

    private static async Task<IResult> PutAsync(string model, HttpRequest request, WeightsStore store, CancellationToken cancellationToken)
    {
        var target = store.Target(model, Wanted(request));
        await using var form = await UploadForm.ReadAsync(request, Path.GetDirectoryName(target.FilePath)!, cancellationToken);
        await store.ReplaceAsync(model, target, form.RequiredFile("file").Path, cancellationToken);
        return new JsonAnswer(await InfoAsync(target.FilePath, cancellationToken));
    }

    // Not in the original: which of several weights files is meant. Absent, the first that the model lists.
    private static string? Wanted(HttpRequest request)
    {
        var name = new RequestQuery(request).Text("model_filename");
        return name is "" or WeightsChoice.Auto ? null : name;
    }

    private static JsonObject WithStats(JsonObject info, JsonObject? stats)
    {
        if (stats is { Count: > 0 })
            info["train_stats"] = stats;
        return info;
    }

    private static async Task<JsonObject> InfoAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 256 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var checksum = await System.Security.Cryptography.SHA256.HashDataAsync(file, cancellationToken);
        return new JsonObject
        {
            ["checksum"] = "SHA256:" + Convert.ToHexStringLower(checksum),
            ["modified_time"] = new DateTimeOffset(File.GetLastWriteTimeUtc(file.SafeFileHandle)).ToUnixTimeSeconds(),
        };
    }
}
