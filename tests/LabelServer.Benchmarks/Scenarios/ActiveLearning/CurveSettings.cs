using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LabelServer.Benchmarks.Scenarios.ActiveLearning;

/// <summary>What the simulated annotation is run with. Results of other settings are never put beside each other: the file of results begins with these.</summary>
internal sealed record CurveSettings
{
    /// <summary>How many images are labelled when the model is trained: in the first round, the second, and so on.</summary>
    public required IReadOnlyList<int> Labels { get; init; }

    /// <summary>Optimiser steps of each training, over which the learning rate goes to 0: the whole epochs that fit into them are run. 600 fit exactly where the labelled images make 5, 10, 15, 20, 25 or 30 batches.</summary>
    public required int Steps { get; init; }

    /// <summary>Images in a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Images that the annotator may be given: the first of the data set by name.</summary>
    public required int Pool { get; init; }

    /// <summary>Images of the validation: the last of the data set by name. They are never in the data store.</summary>
    public required int Validation { get; init; }

    /// <summary>Passes with dropout of <c>MODEL_epistemic</c>.</summary>
    public required int Passes { get; init; }

    /// <summary>Mirrored passes of <c>MODEL_tta</c>.</summary>
    public required int Mirrors { get; init; }

    /// <summary>Filters of the network's first level.</summary>
    public required int Filters { get; init; }

    /// <summary>Whether each training starts from the weights of the round before; otherwise from random ones, the same for all rounds of a seed.</summary>
    public required bool Continues { get; init; }

    /// <summary>Reads them from the command line.</summary>
    public static CurveSettings From(ScenarioOptions options) => new()
    {
        Labels = [.. (options.Text("labels") ?? "10,20,30,40,50,60").Split(',').Select(l => int.Parse(l, CultureInfo.InvariantCulture))],
        Steps = options.Whole("steps", 600),
        BatchSize = options.Whole("batch", 2),
        Pool = options.Whole("pool", 160),
        Validation = options.Whole("validation", 35),
        Passes = options.Whole("passes", 5),
        Mirrors = options.Whole("mirrors", 8),
        Filters = options.Whole("filters", 8),
        Continues = options.Text("continue") == "yes",
    };

    /// <summary>As they stand in the file of results.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, JsonSerializerOptions.Web)!.AsObject();
}
