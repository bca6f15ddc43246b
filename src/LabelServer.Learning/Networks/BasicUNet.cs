using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>MONAI's <c>BasicUNet</c>: five levels of two convolutions each, with pooling between them.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/basic_unet.py; Falk et al. 2019. Any size is taken: odd levels are padded on the way up. Golden: networks_more/basicunet*.</remarks>
public sealed class BasicUNet : nn.Module<Tensor, Tensor>
{
    private const int Levels = 4;
    [ComponentName(Name = "conv_0")]
    private readonly TwoConvolutions _first;

    private readonly TwoConvolutions[] _down = new TwoConvolutions[Levels];
    private readonly UpLevel[] _up = new UpLevel[Levels];

    [ComponentName(Name = "final_conv")]
    private readonly AxisConvolution _final;

    private BasicUNet(BlockLayers layers, int inChannels, int outChannels, IReadOnlyList<int> features)
        : base(nameof(BasicUNet))
    {
        _first = new TwoConvolutions(layers, inChannels, features[0]);
        register_module("conv_0", _first);
        for (var level = 0; level < Levels; level++)
        {
            _down[level] = new TwoConvolutions(layers, features[level], features[level + 1]);
            register_module(FormattableString.Invariant($"down_{level + 1}"), new NamedModule("convs", _down[level]));
        }

        for (var level = Levels - 1; level >= 0; level--)
        {
            _up[level] = new UpLevel(layers, features[level + 1], features[level], level == 0 ? features[5] : features[level], halves: level > 0);
            register_module(FormattableString.Invariant($"upcat_{level + 1}"), _up[level]);
        }

        _final = new AxisConvolution(features[5], outChannels, layers.Axes(1), layers.Axes(1), layers.Axes(0), bias: true);
        register_module("final_conv", _final);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var skips = new Stack<Tensor>();
        var x = _first.call(input);
        for (var level = 0; level < Levels; level++)
        {
            skips.Push(x);
            x = _down[level].call(x.dim() == 4 ? nn.functional.max_pool2d(x, 2) : nn.functional.max_pool3d(x, [2, 2, 2]));
        }

        for (var level = Levels - 1; level >= 0; level--)
        {
            x = _up[level].call(x, skips.Pop());
        }

        return _final.call(x).MoveToOuterDisposeScope();
    }

    /// <summary>Builds the network that a bundle defines.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    internal static NetworkDescription Build(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var dimensions = arguments.SpatialDims(arguments.SpatialDims(name: "dimensions"));
        var (inChannels, outChannels) = (arguments.Integer("in_channels", 1), arguments.Integer("out_channels", 2));
        var features = arguments.Integers("features", [32, 32, 64, 128, 256, 32]);
        var layers = new BlockLayers(
            dimensions,
            arguments.Layer("act", new LayerSpec("LEAKYRELU", new Dictionary<string, ConfigValue> { ["negative_slope"] = new ConfigValue.Real(0.1) })),
            arguments.Layer("norm", new LayerSpec("INSTANCE", new Dictionary<string, ConfigValue> { ["affine"] = new ConfigValue.Boolean(true) })),
            arguments.Boolean("bias", true),
            arguments.ShareOrNone("dropout") ?? 0);
        arguments.Word("upsample", true, new Dictionary<string, bool> { ["deconv"] = true });
        arguments.RefuseOthers();
        return features.Count == 6
            ? new NetworkDescription(new BasicUNet(layers, inChannels, outChannels, features), dimensions, inChannels, outChannels)
            : throw new NetworkUnsupportedException($"{definition.Id} ({definition.Target}): features has {features.Count} numbers; it must have six.");
    }

    /// <summary>What all convolutions share.</summary>
    private sealed record BlockLayers(int Dimensions, LayerSpec Activation, LayerSpec Norm, bool Bias, double Dropout)
    {
        public int[] Axes(int value) => [.. Enumerable.Repeat(value, Dimensions)];
    }

    private sealed class TwoConvolutions : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "conv_0")]
        private readonly ConvolutionBlock _first;

        [ComponentName(Name = "conv_1")]
        private readonly ConvolutionBlock _second;

        public TwoConvolutions(BlockLayers layers, int inChannels, int outChannels)
            : base(nameof(TwoConvolutions))
        {
            var options = new ConvolutionBlockOptions
            {
                InChannels = inChannels,
                OutChannels = outChannels,
                Kernel = layers.Axes(3),
                Stride = layers.Axes(1),
                Bias = layers.Bias,
                Norm = layers.Norm,
                Activation = layers.Activation,
                Dropout = layers.Dropout,
            };
            _first = new ConvolutionBlock(options);
            _second = new ConvolutionBlock(options with { InChannels = outChannels });
            register_module("conv_0", _first);
            register_module("conv_1", _second);
        }

        public override Tensor forward(Tensor input)
        {
            using var between = _first.call(input);
            return _second.call(between);
        }
    }

    private sealed class UpLevel : nn.Module<Tensor, Tensor, Tensor>
    {
        [ComponentName(Name = "upsample")]
        private readonly NamedModule _upsample;

        [ComponentName(Name = "convs")]
        private readonly TwoConvolutions _convs;

        public UpLevel(BlockLayers layers, int inChannels, int skipChannels, int outChannels, bool halves)
            : base(nameof(UpLevel))
        {
            var upChannels = halves ? inChannels / 2 : inChannels;
            _upsample = new NamedModule("deconv", new AxisConvolution(inChannels, upChannels, layers.Axes(2), layers.Axes(2), layers.Axes(0), bias: true, outputPadding: layers.Axes(0)));
            _convs = new TwoConvolutions(layers, skipChannels + upChannels, outChannels);
            register_module("upsample", _upsample);
            register_module("convs", _convs);
        }

        public override Tensor forward(Tensor input, Tensor skip)
        {
            using var scope = NewDisposeScope();
            var up = _upsample.call(input);

            // Pooling rounds odd edges down.
            var missing = Enumerable.Range(0, (int)up.dim() - 2).SelectMany(axis => new[] { 0L, skip.shape[^(axis + 1)] - up.shape[^(axis + 1)] }).ToArray();
            up = missing.Any(m => m != 0) ? nn.functional.pad(up, missing, TorchSharp.PaddingModes.Replicate) : up;
            return _convs.call(cat([skip, up], 1)).MoveToOuterDisposeScope();
        }
    }
}
