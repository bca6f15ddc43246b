using System.Text.Json.Nodes;

namespace LabelServer.Training;

/// <summary>The parts of <c>/info/</c> that are about training (protocol 4.1, 8.4, 8.5).</summary>
internal sealed class TrainingInfo(TrainerCatalog catalog, TrainStatsStore stats)
{
    /// <summary>The value of <c>trainers</c>.</summary>
    public JsonObject Trainers() => new(catalog.Trainers.Select(t => KeyValuePair.Create(t.Model.Id, (JsonNode?)Describe(t))));

    /// <summary>The value of <c>train_stats</c>. The training of last comes first: Slicer shows the first entry.</summary>
    public JsonObject TrainStatistics()
    {
        var known = catalog.Trainers.Select(t => (t.Model.Id, Status: stats.Find(t.Model.Folder))).OrderByDescending(t => t.Status?.Start ?? 0);
        return new(known.Select(t => KeyValuePair.Create(t.Id, (JsonNode?)(t.Status is { } status ? TrainStats.Of(status) : []))));
    }

    /// <summary>The standing of a model's last training; null when it was never trained here.</summary>
    public JsonObject? Stats(string model) => catalog.Trainers.FirstOrDefault(t => t.Model.Id == model) is { } trainer && stats.Find(trainer.Model.Folder) is { } status ? TrainStats.Of(status) : null;

    private JsonObject Describe(TrainerDescription trainer)
    {
        var json = new JsonObject
        {
            ["description"] = trainer.Model.Description,
            ["config"] = new JsonObject(trainer.Config(catalog.Devices).Select(c => KeyValuePair.Create(c.Key, (JsonNode?)Info.ConfigNode.Of(c.Key, c.Value)))),
        };
        if (trainer.Model.Version.Length > 0)
            json["version"] = trainer.Model.Version;
        return json;
    }
}
