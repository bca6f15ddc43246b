using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>MONAI's <c>SegResNetDS</c>: a SegResNet with heads on several levels and steps that follow the voxel size. Input [N, C, X, Y(, Z)], output [N, classes, X, Y(, Z)].</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/segresnet_ds.py; Myronenko 2018, arXiv:1810.11654. State keys: <c>encoder</c>, <c>up_layers</c>. Golden: networks_more/segresnet_ds*.</remarks>
public sealed class SegResNetDS : nn.Module<Tensor, Tensor>, ISizedNetwork, IDeepSupervisedNetwork
{
    private readonly int[] _multiples;
    [ComponentName(Name = "encoder")]
    private readonly SegResNetDSEncoder _encoder;
    private readonly List<SegResNetDSUp> _up = [];

    /// <summary>Creates the network.</summary>
    /// <exception cref="NetworkUnsupportedException">The options do not go together.</exception>
    public SegResNetDS(SegResNetDSOptions options)
        : base(nameof(SegResNetDS))
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var scales = options.Scales();
        _multiples = [.. Enumerable.Range(0, options.SpatialDims).Select(axis => scales.SkipLast(1).Aggregate(1, (product, scale) => product * scale[axis]))];
        _encoder = new SegResNetDSEncoder(options, scales);
        for (var level = scales.Count - 2; level >= 0; level--)
        {
            _up.Add(new SegResNetDSUp(options, level, scales[level]));
        }

        register_module("encoder", _encoder);
        register_module("up_layers", new ModuleList<nn.Module<Tensor, Tensor, Tensor>>([.. _up]));
    }

    /// <inheritdoc/>
    public int SizeMultiple => _multiples.Max();

    /// <inheritdoc/>
    public int MultipleAlong(int axis) => _multiples[axis];

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _up[^1].Head!.call(Decode(input)[^1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Levels(Tensor input)
    {
        using var scope = NewDisposeScope();
        return [.. Decode(input).Zip(_up).Where(level => level.Second.Head is not null).Select(level => level.Second.Head!.call(level.First).MoveToOuterDisposeScope()).Reverse()];
    }

    /// <summary>Builds the network that a bundle defines.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    internal static NetworkDescription Build(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var defaults = new SegResNetDSOptions();
        var norm = arguments.Layer("norm", defaults.Norm);
        var options = new SegResNetDSOptions
        {
            SpatialDims = arguments.SpatialDims(defaults.SpatialDims),
            InitFilters = arguments.Integer("init_filters", defaults.InitFilters),
            InChannels = arguments.Integer("in_channels", defaults.InChannels),
            OutChannels = arguments.Integer("out_channels", defaults.OutChannels),
            Activation = arguments.Layer("act", defaults.Activation),
            Norm = norm.WithDefault("affine", new ConfigValue.Boolean(true)),
            BlocksDown = arguments.Integers("blocks_down", defaults.BlocksDown),
            BlocksUp = arguments.Integers("blocks_up", defaults.BlocksUp),
            Depth = arguments.Integer("dsdepth", defaults.Depth),
            UpsampleMode = arguments.Word("upsample_mode", defaults.UpsampleMode, SegResNetOptionsReader.Modes),
            Resolution = [.. arguments.Reals("resolution").Select(r => r ?? double.NaN)],
        };
        arguments.RefuseOthers();
        return new NetworkDescription(new SegResNetDS(options), options.SpatialDims, options.InChannels, options.OutChannels);
    }

    // The features of the levels on the way up, the finest last.
    private List<Tensor> Decode(Tensor input)
    {
        var skips = new Stack<Tensor>(_encoder.Run(input));
        var levels = new List<Tensor> { skips.Pop() };
        foreach (var up in _up)
        {
            levels.Add(up.call(levels[^1], skips.Pop()));
        }

        return levels[1..];
    }
}
