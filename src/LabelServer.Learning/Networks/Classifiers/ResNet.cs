using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Classifiers;

/// <summary>MONAI's <c>ResNet</c> and its sizes 10 to 200: one score for each class of a whole image. Input [N, C, X, Y(, Z)], output [N, classes].</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/resnet.py; He et al. 2016, arXiv:1512.03385. State keys: <c>conv1</c>, <c>bn1</c>, <c>layer1</c> to <c>layer4</c>, <c>fc</c>. Golden: networks_more/resnet10.</remarks>
public sealed class ResNet : nn.Module<Tensor, Tensor>
{
    private const int Stages = 4;
    private static readonly Dictionary<string, bool> BlockNames = new() { ["basic"] = false, ["bottleneck"] = true };
    private static readonly Dictionary<string, bool> ShortcutNames = new() { ["A"] = false, ["B"] = true };
    [ComponentName(Name = "conv1")]
    private readonly AxisConvolution _first;
    [ComponentName(Name = "bn1")]
    private readonly nn.Module<Tensor, Tensor> _norm;
    [ComponentName(Name = "act")]
    private readonly nn.Module<Tensor, Tensor> _activation;
    [ComponentName(Name = "maxpool")]
    private readonly nn.Module<Tensor, Tensor>? _pool;
    private readonly List<Sequential> _stages = [];
    [ComponentName(Name = "avgpool")]
    private readonly GlobalMean _mean = new();
    [ComponentName(Name = "fc")]
    private readonly Linear? _classes;

    /// <summary>Creates the network.</summary>
    /// <exception cref="NetworkUnsupportedException">An option makes no sense.</exception>
    public ResNet(ResNetOptions options)
        : base(nameof(ResNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.SpatialDims is not (2 or 3) || options.Layers.Count != Stages || options.Channels.Count != Stages || options.InChannels < 1 || options.Channels.Any(c => c < 1))
        {
            throw new NetworkUnsupportedException("ResNet: spatial_dims must be 2 or 3, layers and block_inplanes have four numbers, n_input_channels and block_inplanes at least 1.");
        }

        int[] padding = [.. options.FirstKernel.Select(k => k / 2)];
        _first = new AxisConvolution(options.InChannels, options.Channels[0], options.FirstKernel, options.FirstStride, padding, bias: false);
        _norm = NormalizationLayer.Create(options.Norm, options.SpatialDims, options.Channels[0]);
        _activation = ActivationLayer.Create(options.Activation);
        register_module("conv1", _first);
        register_module("bn1", _norm);
        register_module("act", _activation);
        if (!options.SkipsMaxPool)
        {
            _pool = PlainLayers.MaxPool(options.SpatialDims);
            register_module("maxpool", _pool);
        }

        var channels = options.Channels[0];
        for (var stage = 0; stage < Stages; stage++)
        {
            _stages.Add(Stage(options, stage, ref channels));
            register_module(FormattableString.Invariant($"layer{stage + 1}"), _stages[stage]);
        }

        register_module("avgpool", _mean);
        if (options.OutChannels > 0)
        {
            _classes = PlainLayers.Scores(channels, options.OutChannels);
            register_module("fc", _classes);
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _activation.call(_norm.call(_first.call(input)));
        x = _stages.Aggregate(_pool?.call(x) ?? x, (t, stage) => stage.call(t));
        x = _mean.call(x);
        return (_classes?.call(x) ?? x).MoveToOuterDisposeScope();
    }

    /// <summary>Builds the network that a bundle defines by its blocks.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    internal static NetworkDescription Build(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var bottlenecks = arguments.Word("block", false, BlockNames);
        var layers = arguments.Integers("layers", []);
        return Build(arguments, bottlenecks, layers, arguments.Integers("block_inplanes", []));
    }

    /// <summary>Makes a builder for one of the sizes.</summary>
    /// <param name="hasBottlenecks">Whether its blocks are bottlenecks.</param>
    /// <param name="layers">Blocks of the four stages.</param>
    internal static Func<ConfigValue.Component, NetworkDescription> Builder(bool hasBottlenecks, params int[] layers) => definition =>
    {
        var arguments = new NetworkArguments(definition);
        ClassifierArguments.RefusePretrained(arguments, definition);
        return Build(arguments, hasBottlenecks, layers, [64, 128, 256, 512]);
    };

    private static NetworkDescription Build(NetworkArguments arguments, bool hasBottlenecks, IReadOnlyList<int> layers, IReadOnlyList<int> channels)
    {
        var dimensions = arguments.SpatialDims();
        var width = arguments.RealOrNone("widen_factor") ?? 1;
        var classes = arguments.Integer("num_classes", 400);
        var options = new ResNetOptions
        {
            SpatialDims = dimensions,
            InChannels = arguments.Integer("n_input_channels", 3),
            OutChannels = arguments.Boolean("feed_forward", true) ? classes : 0,
            HasBottlenecks = hasBottlenecks,
            Layers = layers,
            Channels = [.. channels.Select(c => (int)(c * width))],
            FirstKernel = arguments.Size("conv1_t_size", dimensions, 7),
            FirstStride = arguments.Size("conv1_t_stride", dimensions, 1),
            SkipsMaxPool = arguments.Boolean("no_max_pool", false),
            HasConvolutionsAround = arguments.Word("shortcut_type", true, ShortcutNames),
            BiasAround = arguments.Boolean("bias_downsample", true),
            Activation = arguments.Layer("act", new LayerSpec("RELU")),
            Norm = arguments.Layer("norm", new LayerSpec("BATCH")),
        };
        arguments.RefuseOthers();
        var network = new ResNet(options);
        return new NetworkDescription(network, dimensions, options.InChannels, options.OutChannels > 0 ? classes : options.Channels[^1] * options.Expansion);
    }

    private static Sequential Stage(ResNetOptions options, int stage, ref int channels)
    {
        var blocks = new List<(string Name, nn.Module<Tensor, Tensor> Layer)>();
        for (var block = 0; block < options.Layers[stage]; block++)
        {
            blocks.Add((FormattableString.Invariant($"{block}"), new ResNetBlock(options, channels, options.Channels[stage], stage > 0 && block == 0 ? 2 : 1)));
            channels = options.Channels[stage] * options.Expansion;
        }

        return nn.Sequential(blocks);
    }
}
