using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Classifiers;

/// <summary>MONAI's <c>DenseNet</c> and its sizes 121, 169, 201 and 264: one score for each class of a whole image. Input [N, C, X, Y(, Z)], output [N, classes].</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/densenet.py; Huang et al. 2017, arXiv:1608.06993. State keys: <c>features</c>, <c>class_layers</c>. Golden: networks_more/densenet*.</remarks>
public sealed class DenseNet : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "features")]
    private readonly nn.Module<Tensor, Tensor> _features;
    [ComponentName(Name = "class_layers")]
    private readonly nn.Module<Tensor, Tensor> _classes;

    /// <summary>Creates the network.</summary>
    /// <exception cref="NetworkUnsupportedException">An option makes no sense.</exception>
    public DenseNet(DenseNetOptions options)
        : base(nameof(DenseNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.SpatialDims is not (2 or 3) || options.Blocks.Count == 0 || Math.Min(Math.Min(options.InChannels, options.OutChannels), Math.Min(options.InitFeatures, options.GrowthRate)) < 1)
        {
            throw new NetworkUnsupportedException("DenseNet: spatial_dims must be 2 or 3, in_channels, out_channels, init_features and growth_rate at least 1, and block_config needs a number.");
        }

        var layers = First(options);
        var channels = options.InitFeatures;
        for (var block = 0; block < options.Blocks.Count; block++)
        {
            layers.Add((FormattableString.Invariant($"denseblock{block + 1}"), Block(options, options.Blocks[block], ref channels)));
            if (block < options.Blocks.Count - 1)
            {
                layers.Add((FormattableString.Invariant($"transition{block + 1}"), Transition(options, channels)));
                channels /= 2;
            }
        }

        layers.Add(("norm5", NormalizationLayer.Create(options.Norm, options.SpatialDims, channels)));
        _features = nn.Sequential(layers);
        _classes = nn.Sequential(("relu", ActivationLayer.Create(options.Activation)), ("pool", new GlobalMean()), ("out", PlainLayers.Scores(channels, options.OutChannels)));
        register_module("features", _features);
        register_module("class_layers", _classes);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var features = _features.call(input);
        return _classes.call(features);
    }

    /// <summary>Makes a builder for one of the sizes.</summary>
    /// <param name="blocks">Layers of each block where the bundle does not say.</param>
    internal static Func<ConfigValue.Component, NetworkDescription> Builder(params int[] blocks) => definition =>
    {
        var arguments = new NetworkArguments(definition);
        var defaults = new DenseNetOptions
        {
            SpatialDims = arguments.Integer("spatial_dims", 0),
            InChannels = arguments.Integer("in_channels", 0),
            OutChannels = arguments.Integer("out_channels", 0),
        };
        var options = defaults with
        {
            InitFeatures = arguments.Integer("init_features", defaults.InitFeatures),
            GrowthRate = arguments.Integer("growth_rate", defaults.GrowthRate),
            Blocks = arguments.Integers("block_config", blocks),
            BottleneckSize = arguments.Integer("bn_size", defaults.BottleneckSize),
            Activation = arguments.Layer("act", defaults.Activation),
            Norm = arguments.Layer("norm", defaults.Norm),
            Dropout = arguments.ShareOrNone("dropout_prob") ?? 0,
        };
        ClassifierArguments.RefusePretrained(arguments, definition);
        arguments.RefuseOthers();
        return new NetworkDescription(new DenseNet(options), options.SpatialDims, options.InChannels, options.OutChannels);
    };

    private static List<(string Name, nn.Module<Tensor, Tensor> Layer)> First(DenseNetOptions options) =>
    [
        ("conv0", PlainLayers.Convolution(options.SpatialDims, options.InChannels, options.InitFeatures, kernel: 7, stride: 2)),
        ("norm0", NormalizationLayer.Create(options.Norm, options.SpatialDims, options.InitFeatures)),
        ("relu0", ActivationLayer.Create(options.Activation)),
        ("pool0", PlainLayers.MaxPool(options.SpatialDims)),
    ];

    private static Sequential Block(DenseNetOptions options, int count, ref int channels)
    {
        var layers = new List<(string Name, nn.Module<Tensor, Tensor> Layer)>();
        for (var layer = 1; layer <= count; layer++)
        {
            layers.Add((FormattableString.Invariant($"denselayer{layer}"), new DenseNetLayer(options, channels)));
            channels += options.GrowthRate;
        }

        return nn.Sequential(layers);
    }

    private static Sequential Transition(DenseNetOptions options, int channels) => nn.Sequential(
        ("norm", NormalizationLayer.Create(options.Norm, options.SpatialDims, channels)),
        ("relu", ActivationLayer.Create(options.Activation)),
        ("conv", PlainLayers.Convolution(options.SpatialDims, channels, channels / 2, kernel: 1)),
        ("pool", PlainLayers.Halving(options.SpatialDims)));
}
