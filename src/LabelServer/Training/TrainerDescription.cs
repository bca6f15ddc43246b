using LabelServer.Models;

namespace LabelServer.Training;

/// <summary>A model that can be trained: a bundle with a train config. Immutable.</summary>
internal sealed record TrainerDescription
{
    /// <summary><c>max_epochs</c> of a request that does not say (protocol 8.5).</summary>
    public const int DefaultEpochs = 50;

    /// <summary><c>val_split</c> of a request that does not say (protocol 8.5).</summary>
    public const double DefaultSplit = 0.2;

    /// <summary>The model.</summary>
    public required ModelDescription Model { get; init; }

    /// <summary>What the train config itself displays, key → bool, long, double, text or a list of texts.</summary>
    public required OrderedDictionary<string, object> Displayable { get; init; }

    /// <summary>Where the train config says how many epochs there are; its schedule may refer to each of them.</summary>
    public IReadOnlyList<string> EpochIds { get; init; } = [];

    /// <summary>Where the train config says how many images a batch has, which its schedule may refer to; null: in no usual place.</summary>
    public string? BatchSizeId { get; init; }

    /// <summary><c>early_stop_patience</c> of the train config's own <c>trainer_options</c>; -1: it never stops early.</summary>
    public int EarlyStopPatience { get; init; } = -1;

    /// <summary>The names that <c>model_filename</c> may have besides <c>auto</c>.</summary>
    public IReadOnlyList<string> WeightsFiles => [.. Model.Weights.Select(w => w.FileName)];

    /// <summary>The options that <c>/info/</c> shows, in the order of the original (protocol 8.5): scalars and non-empty lists of text, of which the first entry is the default.</summary>
    /// <param name="devices">Names of the compute devices.</param>
    public OrderedDictionary<string, object> Config(IReadOnlyList<string> devices)
    {
        var config = new OrderedDictionary<string, object>
        {
            ["device"] = devices,
            ["pretrained"] = true,
            ["max_epochs"] = DefaultEpochs,
            ["early_stop_patience"] = EarlyStopPatience,
            ["val_split"] = DefaultSplit,
            ["multi_gpu"] = true,
            ["gpus"] = "all",
            ["tracking"] = (IReadOnlyList<string>)["None"],
            ["tracking_uri"] = string.Empty,
            ["tracking_experiment_name"] = string.Empty,
            ["run_id"] = string.Empty,
            ["model_filename"] = (IReadOnlyList<string>)[WeightsChoice.Auto, .. WeightsFiles],
            ["partial_labels"] = (IReadOnlyList<string>)["listed", "present", "off"],
            ["publish_always"] = false,
        };
        foreach (var (key, value) in Displayable)
            config[key] = value;
        return config;
    }

    /// <summary>The weights that a training replaces and the value of <c>highres</c> that goes with them. Unlike for an inference they need not be there.</summary>
    /// <param name="modelFilename">The request's <c>model_filename</c>; null follows <paramref name="highres"/>.</param>
    /// <param name="highres">The request's <c>highres</c>; null: the train config's own.</param>
    public WeightsChoice Weights(string? modelFilename, bool? highres)
    {
        var wanted = highres ?? (Displayable.TryGetValue("highres", out var shown) && shown is bool given ? given : Model.DefaultHighres);
        var weights = modelFilename is not null
            ? Model.Weights.First(w => w.FileName == modelFilename)
            : (Model.HasHighresChoice ? Model.Weights.FirstOrDefault(w => w.Highres == wanted) : null) ?? Model.Weights.FirstOrDefault(w => w.IsDefault);

        // TorchScript and safetensors can be served, but what is written is a checkpoint.
        var file = Path.ChangeExtension(weights?.FileName ?? "model.pt", ".pt");
        return new WeightsChoice(file, Model.HasHighresChoice ? weights?.Highres ?? wanted : null);
    }
}
