using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>MONAI's <c>UNETR</c>: a vision transformer as the encoder of a U-Net. Input [N, C, X, Y(, Z)] of the size that it was built for, output [N, classes, X, Y(, Z)].</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/unetr.py; Hatamizadeh et al. 2022, arXiv:2103.10504. Golden: networks_more/unetr*.</remarks>
public sealed class Unetr : nn.Module<Tensor, Tensor>, ISizedNetwork, IUnreadWeights
{
    private const int Patch = 16;
    private const int Depth = 12;
    private readonly UnetrOptions _options;
    [ComponentName(Name = "vit")]
    private readonly VisionTransformer _transformer;
    [ComponentName(Name = "encoder1")]
    private readonly NamedModule _image;
    private readonly List<UnetrProjection> _projections = [];
    private readonly List<UnetrUpBlock> _up = [];
    [ComponentName(Name = "out")]
    private readonly DynUNetHead _head;

    /// <summary>Creates the network.</summary>
    /// <exception cref="NetworkUnsupportedException">The options do not go together.</exception>
    public Unetr(UnetrOptions options)
        : base(nameof(Unetr))
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FeatureSize < 1 || options.HiddenSize < 1 || options.MlpSize < 1 || options.Heads < 1)
        {
            throw new NetworkUnsupportedException(
                $"UNETR: feature_size {options.FeatureSize}, hidden_size {options.HiddenSize}, mlp_dim {options.MlpSize} and num_heads {options.Heads} must be at least 1.");
        }

        if (options.SpatialDims is not (2 or 3) || options.ImageSize.Any(n => n < Patch || n % Patch != 0) || options.HiddenSize % options.Heads != 0)
        {
            throw new NetworkUnsupportedException(
                $"UNETR: img_size {string.Join(" × ", options.ImageSize)} must be multiples of {Patch} along two or three axes, and num_heads {options.Heads} must divide hidden_size {options.HiddenSize}.");
        }

        _options = options;
        var (layers, dims, size, residual) = (options.Layers, options.SpatialDims, options.FeatureSize, options.IsResidual);
        _transformer = new VisionTransformer(options, Patch, Depth);
        _image = new NamedModule("layer", UnetrUpBlock.Block(layers, dims, options.InChannels, size, residual));
        register_module("vit", _transformer);
        register_module("encoder1", _image);
        for (var level = 1; level <= 3; level++)
        {
            _projections.Add(new UnetrProjection(options, size << level, 3 - level));
            register_module(FormattableString.Invariant($"encoder{level + 1}"), _projections[^1]);
        }

        for (var level = 3; level >= 0; level--)
        {
            _up.Add(new UnetrUpBlock(layers, dims, level == 3 ? options.HiddenSize : size << (level + 1), size << level, residual));
            register_module(FormattableString.Invariant($"decoder{level + 2}"), _up[^1]);
        }

        _head = new DynUNetHead(dims, size, options.OutChannels);
        register_module("out", _head);
    }

    /// <inheritdoc/>
    public int SizeMultiple => Patch;

    /// <summary>MONAI 1.4 and 1.5 save attention to a second input that nothing reads, and earlier ones do not save its normalisation.</summary>
    /// <inheritdoc/>
    public bool IsUnread(string key) => key.Contains(".cross_attn.", StringComparison.Ordinal) || key.Contains(".norm_cross_attn.", StringComparison.Ordinal);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The image has another size than the network was built for.</exception>
    public override Tensor forward(Tensor input)
    {
        if (!input.shape[2..].SequenceEqual(_options.ImageSize.Select(n => (long)n)))
        {
            throw new ArgumentException(
                $"UNETR was built for images of {string.Join(" × ", _options.ImageSize)}, not {string.Join(" × ", input.shape[2..])}; roi_size must be img_size of network_def.", nameof(input));
        }

        using var scope = NewDisposeScope();
        var tokens = _transformer.Run(input);
        var skips = new Stack<Tensor>([_image.call(input), .. _projections.Select((p, step) => p.call(ToGrid(tokens[3 * (step + 1)])))]);
        return _head.call(_up.Aggregate(ToGrid(tokens[^1]), (x, block) => block.call(x, skips.Pop()))).MoveToOuterDisposeScope();
    }

    /// <summary>Builds the network that a bundle defines.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    internal static NetworkDescription Build(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var dimensions = arguments.SpatialDims();
        var projections = new Dictionary<string, bool> { ["conv"] = false, ["perceptron"] = true };

        // pos_embed is the name of proj_type before MONAI 1.3.
        var isLinear = arguments.Word("proj_type", arguments.Word("pos_embed", false, projections), projections);
        var options = new UnetrOptions
        {
            InChannels = arguments.Integer("in_channels", 1),
            OutChannels = arguments.Integer("out_channels", 1),
            ImageSize = arguments.Size("img_size", dimensions, 0),
            FeatureSize = arguments.Integer("feature_size", 16),
            HiddenSize = arguments.Integer("hidden_size", 768),
            MlpSize = arguments.Integer("mlp_dim", 3072),
            Heads = arguments.Integer("num_heads", 12),
            HasLinearPatches = isLinear,
            Norm = arguments.Layer("norm_name", new LayerSpec("INSTANCE")),
            HasProjectionBlocks = arguments.Boolean("conv_block", true),
            IsResidual = arguments.Boolean("res_block", true),
            Dropout = arguments.ShareOrNone("dropout_rate") ?? 0,
            QueryBias = arguments.Boolean("qkv_bias", false),
        };

        // Keeping the attention changes no number.
        arguments.Boolean("save_attn", false);
        arguments.RefuseOthers();
        return new NetworkDescription(new Unetr(options), dimensions, options.InChannels, options.OutChannels);
    }

    // [N, patches, features] to [N, features, X / 16, Y / 16(, Z / 16)].
    private Tensor ToGrid(Tensor tokens) => TorchLayout.ToFirst(tokens.reshape([tokens.shape[0], .. _options.ImageSize.Select(n => (long)(n / Patch)), tokens.shape[2]]));
}
