using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Metadata;

/// <summary>A bundle's <c>metadata.json</c>.</summary>
/// <remarks>Source: https://docs.monai.io/en/stable/mb_specification.html. Texts that are not given are empty.</remarks>
public sealed record BundleMetadata
{
    /// <summary>The bundle's title; its folder name when not given.</summary>
    public required string Name { get; init; }

    /// <summary>The bundle's version.</summary>
    public required string Version { get; init; }

    /// <summary>What the network predicts, in a few words.</summary>
    public string Task { get; init; } = string.Empty;

    /// <summary>What the network does.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>What it may be used for; most bundles say that they are no medical device.</summary>
    public string IntendedUse { get; init; } = string.Empty;

    /// <summary>Who made it.</summary>
    public string Authors { get; init; } = string.Empty;

    /// <summary>Whose it is.</summary>
    public string Copyright { get; init; } = string.Empty;

    /// <summary>The licence, where it is named.</summary>
    public string License { get; init; } = string.Empty;

    /// <summary>The MONAI version that it was made with.</summary>
    public string MonaiVersion { get; init; } = string.Empty;

    /// <summary>The data it was trained on.</summary>
    public string DataSource { get; init; } = string.Empty;

    /// <summary>Inputs of the network in written order.</summary>
    public IReadOnlyList<NetworkTensor> Inputs { get; init; } = [];

    /// <summary>Outputs of the network in written order.</summary>
    public IReadOnlyList<NetworkTensor> Outputs { get; init; } = [];

    /// <summary>Everything as written.</summary>
    public required ConfigValue.Map Raw { get; init; }

    /// <summary>The label values of the output <c>pred</c> (or of the only output) with their names as <see cref="LabelName.Shown"/> gives them, background left out, ascending.</summary>
    public IReadOnlyList<KeyValuePair<int, string>> Labels
    {
        get
        {
            var output = Outputs.FirstOrDefault(o => o.Name == "pred") ?? (Outputs.Count == 1 ? Outputs[0] : null);
            return output is null ? [] : [.. output.ChannelNames.Select(c => KeyValuePair.Create(c.Key, LabelName.Shown(c.Value))).Where(c => c.Value != "background")];
        }
    }
}
