using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Networks;

/// <summary>Reads a bundle's definition of a SegResNet. Each runtime that builds the network reads it through this, so that all of them take the same arguments.</summary>
internal static class SegResNetOptionsReader
{
    /// <summary>The names of the modes.</summary>
    public static readonly IReadOnlyDictionary<string, UpsampleMode> Modes = new Dictionary<string, UpsampleMode>(StringComparer.Ordinal)
    {
        ["nontrainable"] = UpsampleMode.NonTrainable,
        ["deconv"] = UpsampleMode.Deconvolution,
        ["pixelshuffle"] = UpsampleMode.PixelShuffle,
    };

    /// <summary>The options.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    public static SegResNetOptions Read(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var defaults = new SegResNetOptions();
        var options = new SegResNetOptions
        {
            SpatialDims = arguments.SpatialDims(defaults.SpatialDims),
            InitFilters = arguments.Integer("init_filters", defaults.InitFilters),
            InChannels = arguments.Integer("in_channels", defaults.InChannels),
            OutChannels = arguments.Integer("out_channels", defaults.OutChannels),
            DropoutProb = arguments.ShareOrNone("dropout_prob"),
            Activation = arguments.Layer("act", defaults.Activation),
            Norm = Norm(arguments, definition, defaults.Norm),
            UseConvFinal = arguments.Boolean("use_conv_final", defaults.UseConvFinal),
            BlocksDown = arguments.Integers("blocks_down", defaults.BlocksDown),
            BlocksUp = arguments.Integers("blocks_up", defaults.BlocksUp),
            UpsampleMode = arguments.Word("upsample_mode", defaults.UpsampleMode, Modes),
        };
        arguments.RefuseOthers();
        return options;
    }

    // norm_name and num_groups are an older way to say norm: ["GROUP", {"num_groups": n}].
    private static LayerSpec Norm(NetworkArguments arguments, ConfigValue.Component definition, LayerSpec otherwise)
    {
        var norm = arguments.Layer("norm", otherwise);
        var name = arguments.Text("norm_name", string.Empty);
        var groups = arguments.Integer("num_groups", 8);
        return name.ToUpperInvariant() switch
        {
            "" => norm,
            "GROUP" => LayerSpec.Group(groups),
            _ => throw new NetworkUnsupportedException($"{definition.Id} ({definition.Target}): norm_name is '{name}'; only group is possible, use 'norm' instead."),
        };
    }
}
