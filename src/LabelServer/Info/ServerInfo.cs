using System.Text.Json.Nodes;
using LabelServer.ActiveLearning;
using LabelServer.Apps;
using LabelServer.Auth;
using LabelServer.Bundles.History;
using LabelServer.Datastore;
using LabelServer.Hosting;
using LabelServer.Models;
using LabelServer.Scoring;
using LabelServer.Training;

namespace LabelServer.Info;

/// <summary>Says what this server offers, at this moment: the document of <c>/info/</c> (protocol 4.1).</summary>
/// <remarks>
/// Slicer's panel sets the rules: no <c>config</c> at the top, <c>labels</c> an array, the values of a model's <c>config</c> scalars or non-empty lists of text, and keys in the order in which they are to be shown.
/// A model that cannot run is left out of <c>models</c> and named in <c>description</c>. Nothing here waits for a worker.
/// </remarks>
internal sealed class ServerInfo(
    AppDeclaration app, ServerOptions options, ModelCatalog catalog, TrainingInfo training, IDatastore datastore, StrategyCatalog strategies, ScoringCatalog scoring, AuthState auth)
{
    /// <summary>The app's name with the server's version.</summary>
    public string Name => $"{app.Name} ({ServerVersion.Text})";

    /// <summary>What a person should know before using the server: why it may be unsafe, and which models cannot run, each with its way out.</summary>
    public IReadOnlyList<string> Warnings()
    {
        var warnings = new List<string>();
        if (!options.ListensOnLoopbackOnly && !auth.IsEnabled)
            warnings.Add("Started with --insecure: everyone in the network can read the images and change the labels.");
        warnings.AddRange(catalog.Models.Select(m => m.Problem ?? m.Notice).OfType<string>());
        warnings.AddRange(catalog.UnknownNames.Select(n => $"There is no bundle '{n}' in {string.Join(" or ", catalog.SearchFolders)}."));
        return warnings;
    }

    /// <summary>The document.</summary>
    public JsonObject ToJson()
    {
        var models = catalog.UsableModels;
        return new JsonObject
        {
            ["name"] = Name,
            ["description"] = string.Join(' ', Warnings().Prepend(WithStop(app.Description)).Where(t => t.Length > 0)),
            ["version"] = ServerVersion.Text,
            ["labels"] = new JsonArray([.. models.SelectMany(LabelsInOrder).Distinct(StringComparer.Ordinal).Select(l => (JsonNode?)l)]),
            ["models"] = new JsonObject(models.Select(m => KeyValuePair.Create(m.Id, (JsonNode?)Describe(m)))),
            ["trainers"] = training.Trainers(),
            ["strategies"] = new JsonObject(strategies.All.Select(s => KeyValuePair.Create(s.Name, (JsonNode?)new JsonObject { ["description"] = s.Description }))),
            ["scoring"] = new JsonObject(scoring.All.Select(s => KeyValuePair.Create(s.Name, (JsonNode?)new JsonObject { ["description"] = s.Description }))),
            ["train_stats"] = training.TrainStatistics(),
            ["datastore"] = DescribeDatastore(),
        };
    }

    private static string WithStop(string sentence) => sentence.Length == 0 || sentence[^1] is '.' or '!' or '?' ? sentence : sentence + ".";

    private static IEnumerable<string> LabelsInOrder(ModelDescription model) => model.Labels.OrderBy(l => l.Value).Select(l => l.Key);

    private static JsonObject Describe(ModelDescription model)
    {
        var notValidated = NotValidated(model);
        var json = new JsonObject
        {
            ["type"] = model.Type,
            ["labels"] = new JsonObject(model.Labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
            ["dimension"] = model.Dimension,
            ["description"] = notValidated.Count == 0 ? model.Description : $"{WithStop(model.Description)} The served {string.Join(" and ", notValidated)}, trained here, was not validated.".TrimStart(),
            ["config"] = new JsonObject(model.Config.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)ConfigNode.Of(c.Key, c.Value)))),
        };
        if (model.Version.Length > 0)
            json["version"] = model.Version;
        if (notValidated.Count > 0)
            json["not_validated"] = new JsonArray([.. notValidated.Select(f => (JsonNode?)f)]);
        if (model.IntendedUse.Length > 0)
            json["intended_use"] = model.IntendedUse;
        return json;
    }

    private static List<string> NotValidated(ModelDescription model) =>
        [.. model.Weights.Where(w => w.IsPresent && new WeightsHistory(model.Folder, w.FileName, TimeProvider.System).FindServed() is { IsNotValidated: true }).Select(w => w.FileName)];

    private JsonObject DescribeDatastore()
    {
        var statistics = datastore.Statistics;
        return new JsonObject
        {
            ["total"] = statistics.Total,
            ["completed"] = statistics.Completed,
            ["label_tags"] = new JsonObject(statistics.LabelTags.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value))),
        };
    }
}
