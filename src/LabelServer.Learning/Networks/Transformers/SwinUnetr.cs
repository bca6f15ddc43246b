using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>MONAI's <c>SwinUNETR</c>: a Swin transformer as the encoder of a U-Net. Input [N, C, X, Y(, Z)], output [N, classes, X, Y(, Z)] of the same size.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/swin_unetr.py; Hatamizadeh et al. 2022, arXiv:2201.01266. The size must be divisible by patch_size⁵. Golden: networks_more/swin_unetr*.</remarks>
public sealed class SwinUnetr : nn.Module<Tensor, Tensor>, ISizedNetwork
{
    [ComponentName(Name = "swinViT")]
    private readonly SwinTransformer _transformer;
    private readonly List<NamedModule> _encoders = [];
    private readonly List<UnetrUpBlock> _up = [];
    [ComponentName(Name = "out")]
    private readonly DynUNetHead _head;

    /// <summary>Creates the network.</summary>
    /// <exception cref="NetworkUnsupportedException">The options do not go together.</exception>
    public SwinUnetr(SwinUnetrOptions options)
        : base(nameof(SwinUnetr))
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        SizeMultiple = (int)Math.Pow(options.PatchSize, 5);
        _transformer = new SwinTransformer(options);
        register_module("swinViT", _transformer);
        var (layers, dims, size) = (UnetBlockLayers.Leaky(options.Norm), options.SpatialDims, options.FeatureSize);
        foreach (var (number, inChannels, channels) in new[] { (1, options.InChannels, size), (2, size, size), (3, 2 * size, 2 * size), (4, 4 * size, 4 * size), (10, 16 * size, 16 * size) })
        {
            _encoders.Add(new NamedModule("layer", UnetrUpBlock.Block(layers, dims, inChannels, channels, isResidual: true)));
            register_module(FormattableString.Invariant($"encoder{number}"), _encoders[^1]);
        }

        for (var level = 5; level >= 1; level--)
        {
            var channels = size << Math.Max(0, level - 2);
            _up.Add(new UnetrUpBlock(layers, dims, size << (level - 1), channels, isResidual: true));
            register_module(FormattableString.Invariant($"decoder{level}"), _up[^1]);
        }

        _head = new DynUNetHead(dims, size, options.OutChannels);
        register_module("out", _head);
    }

    /// <inheritdoc/>
    public int SizeMultiple { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _transformer.Run(input);
        var skips = new Stack<Tensor>([_encoders[0].call(input), _encoders[1].call(features[0]), _encoders[2].call(features[1]), _encoders[3].call(features[2]), features[3]]);
        return _head.call(_up.Aggregate(_encoders[4].call(features[4]), (x, block) => block.call(x, skips.Pop()))).MoveToOuterDisposeScope();
    }

    /// <summary>Builds the network that a bundle defines.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    internal static NetworkDescription Build(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var dimensions = arguments.SpatialDims();
        var defaults = new SwinUnetrOptions { InChannels = arguments.Integer("in_channels", 1), OutChannels = arguments.Integer("out_channels", 1) };
        var options = defaults with
        {
            PatchSize = arguments.Integer("patch_size", defaults.PatchSize),
            Depths = arguments.Integers("depths", defaults.Depths),
            Heads = arguments.Integers("num_heads", defaults.Heads),
            Window = arguments.Size("window_size", dimensions, 7),
            QueryBias = arguments.Boolean("qkv_bias", defaults.QueryBias),
            MlpRatio = arguments.RealOrNone("mlp_ratio") ?? defaults.MlpRatio,
            FeatureSize = arguments.Integer("feature_size", defaults.FeatureSize),
            Norm = arguments.Layer("norm_name", defaults.Norm),
            Dropout = arguments.ShareOrNone("drop_rate") ?? 0,
            AttentionDropout = arguments.ShareOrNone("attn_drop_rate") ?? 0,
            PathDropout = arguments.ShareOrNone("dropout_path_rate") ?? 0,
            Normalizes = arguments.Boolean("normalize", defaults.Normalizes),
            NormalizesPatches = arguments.Boolean("patch_norm", defaults.NormalizesPatches),
            Merging = Merging(arguments, definition, dimensions),
            IsVersion2 = arguments.Boolean("use_v2", defaults.IsVersion2),
        };

        // Saves memory in MONAI's training, and changes no number.
        arguments.Boolean("use_checkpoint", false);
        arguments.RefuseOthers();
        return new NetworkDescription(new SwinUnetr(options), dimensions, options.InChannels, options.OutChannels);
    }

    // MONAI needed img_size up to 1.4 and refuses it from 1.5 on, so it tells which of the two the weights were trained with.
    private static PatchMergingOrder Merging(NetworkArguments arguments, ConfigValue.Component definition, int dimensions)
    {
        arguments.Size("img_size", dimensions, 96);
        var merging = definition.Argument("img_size") is null ? PatchMergingOrder.Merging : PatchMergingOrder.Before15;
        return arguments.Word("downsample", merging, new Dictionary<string, PatchMergingOrder> { ["merging"] = merging, ["mergingv2"] = PatchMergingOrder.MergingV2 });
    }
}
