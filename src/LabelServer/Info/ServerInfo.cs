using System.Text.Json.Nodes;
using LabelServer.Apps;
using LabelServer.Datastore;
using LabelServer.Hosting;
using LabelServer.Models;

namespace LabelServer.Info;

/// <summary>Says what this server offers, at this moment: the document of <c>/info/</c> (protocol 4.1).</summary>
/// <remarks>
/// Slicer's panel sets the rules: no <c>config</c> at the top, <c>labels</c> an array, the values of a model's <c>config</c> scalars or non-empty lists of text, and keys in the order in which they are to be shown.
/// A model that cannot run is left out of <c>models</c> and named in <c>description</c>. Nothing here waits for a worker.
/// </remarks>
public sealed class ServerInfo(AppDeclaration app, ServerOptions options, ModelCatalog catalog, IDatastore datastore)
{
    private static readonly Dictionary<string, string> StrategyDescriptions = new(StringComparer.Ordinal)
    {
        ["random"] = "Random Strategy",
        ["first"] = "Get First Sample",
        ["last"] = "Get Last Sample",
    };

    /// <summary>The app's name with the server's version.</summary>
    public string Name => $"{app.Name} ({ServerVersion.Text})";

    /// <summary>What a person should know before using the server: why it may be unsafe, and which models cannot run, each with its way out.</summary>
    public IReadOnlyList<string> Warnings()
    {
        var warnings = new List<string>();
        if (!options.ListensOnLoopbackOnly)
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
            ["trainers"] = new JsonObject(),
            ["strategies"] = new JsonObject(app.Strategies.Select(s => KeyValuePair.Create(s, (JsonNode?)new JsonObject { ["description"] = StrategyDescriptions.GetValueOrDefault(s, s) }))),
            ["scoring"] = new JsonObject(app.Scoring.Select(s => KeyValuePair.Create(s, (JsonNode?)new JsonObject { ["description"] = s }))),
            ["train_stats"] = new JsonObject(),
            ["datastore"] = DescribeDatastore(),
        };
    }

    private static string WithStop(string sentence) => sentence.Length == 0 || sentence[^1] is '.' or '!' or '?' ? sentence : sentence + ".";

    private static IEnumerable<string> LabelsInOrder(ModelDescription model) => model.Labels.OrderBy(l => l.Value).Select(l => l.Key);

    private static JsonObject Describe(ModelDescription model)
    {
        var json = new JsonObject
        {
            ["type"] = model.Type,
            ["labels"] = new JsonObject(model.Labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
            ["dimension"] = model.Dimension,
            ["description"] = model.Description,
            ["config"] = new JsonObject(model.Config.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)ConfigNode(c.Key, c.Value)))),
        };
        if (model.Version.Length > 0)
            json["version"] = model.Version;
        if (model.IntendedUse.Length > 0)
            json["intended_use"] = model.IntendedUse;
        return json;
    }

    private static JsonNode ConfigNode(string key, object value) => value switch
    {
        bool truth => JsonValue.Create(truth),
        int whole => JsonValue.Create(whole),
        long whole => JsonValue.Create(whole),
        double real => JsonValue.Create(real),
        string text => JsonValue.Create(text),
        IReadOnlyList<string> { Count: > 0 } list => new JsonArray([.. list.Select(t => (JsonNode?)t)]),
        _ => throw new InvalidOperationException($"The config value '{key}' is a {value.GetType().Name}, which the clients' option panels cannot show."),
    };

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
