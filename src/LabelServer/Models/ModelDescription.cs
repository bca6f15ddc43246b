namespace LabelServer.Models;

/// <summary>What is known of one bundle at one moment. Immutable; ask the <see cref="ModelCatalog"/> again to see weights that arrived since.</summary>
public sealed record ModelDescription
{
    /// <summary>The name clients use: the bundle folder's name.</summary>
    public required string Id { get; init; }

    /// <summary>The bundle's folder, absolute.</summary>
    public required string Folder { get; init; }

    /// <summary><c>segmentation</c>, <c>deepedit</c>, <c>deepgrow</c>, <c>detection</c> or <c>classification</c>, guessed from the folder's name as MONAI Label does.</summary>
    public required string Type { get; init; }

    /// <summary>The name for people that the metadata gives; the id when it gives none.</summary>
    public required string Title { get; init; }

    /// <summary>The metadata's description; empty when it has none.</summary>
    public required string Description { get; init; }

    /// <summary>The metadata's version; empty when it has none.</summary>
    public required string Version { get; init; }

    /// <summary>What the authors say the model may be used for; empty when they do not.</summary>
    public required string IntendedUse { get; init; }

    /// <summary>2 or 3.</summary>
    public required int Dimension { get; init; }

    /// <summary>Lower-case label name to voxel value, ascending: the values are the ranks 1..N, as clients read results (protocol 10.6). Without the background; DeepEdit keeps it as 0.</summary>
    public required OrderedDictionary<string, int> Labels { get; init; }

    /// <summary>Lower-case label name to the channel number that the metadata gives; the values of a result with <c>restore_label_idx</c>.</summary>
    public required OrderedDictionary<string, int> ChannelLabels { get; init; }

    /// <summary>The weights files that the bundle has, can have or names for download.</summary>
    public required IReadOnlyList<ModelWeights> Weights { get; init; }

    /// <summary>Whether the bundle chooses spacing and weights by <c>highres</c>.</summary>
    public bool HasHighresChoice { get; init; }

    /// <summary>The <c>highres</c> of a request that does not say: the bundle's, or the only one whose weights are there. False for bundles without the choice.</summary>
    public bool DefaultHighres { get; init; }

    /// <summary>Why the model can not run now, with the way out; null when it can.</summary>
    public required string? Problem { get; init; }

    /// <summary>A note for people about a model that runs, but not with everything: one of its two resolutions is missing. Null when there is nothing to say.</summary>
    public string? Notice { get; init; }

    /// <summary>The model's <c>config</c> of <c>/info/</c>: values are bool, long, double, string, or a non-empty list of strings whose first is the default.</summary>
    public required OrderedDictionary<string, object> Config { get; init; }

    /// <summary>Whether passes with dropout can be made, for <c>NAME_epistemic</c>: the graph of an ONNX or TorchScript file is fixed, and holds no dropout that can be turned on.</summary>
    public bool CanDropOut => Weights.Any(w => w.IsPresent && Path.GetExtension(w.FileName).ToUpperInvariant() is not (".ONNX" or ".TS"));

    /// <summary>Whether an inference can run: at least one set of weights is there and the configs are readable.</summary>
    public bool IsUsable => Problem is null;
}
