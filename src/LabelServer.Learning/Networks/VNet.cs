using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>MONAI's <c>VNet</c>: convolutions of kernel 5 with ways around them. Input [N, C, X, Y(, Z)], output [N, classes, X, Y(, Z)]; the size must be divisible by 16.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/vnet.py; Milletari et al. 2016, arXiv:1606.04797. Golden: networks_more/vnet.</remarks>
public sealed class VNet : nn.Module<Tensor, Tensor>, ISizedNetwork
{
    private const int Width = 16;
    [ComponentName(Name = "in_tr")]
    private readonly VNetInput _input;
    private readonly VNetDown[] _down;
    private readonly VNetUp[] _up;
    [ComponentName(Name = "out_tr")]
    private readonly VNetOutput _output;

    /// <summary>Creates the network.</summary>
    /// <exception cref="NetworkUnsupportedException">An option makes no sense.</exception>
    public VNet(VNetOptions options)
        : base(nameof(VNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.SpatialDims is not (2 or 3) || options.InChannels < 1 || Width % options.InChannels != 0 || options.OutChannels < 1)
        {
            throw new NetworkUnsupportedException($"VNet: spatial_dims {options.SpatialDims} must be 2 or 3, in_channels {options.InChannels} must divide {Width}, out_channels must be at least 1.");
        }

        var (down, up, skip) = (options.DownDropout, options.UpDropout, options.SkipDropout);
        _input = new VNetInput(options, Width);
        _down = [new(options, 16, 1), new(options, 32, 2), new(options, 64, 3, down), new(options, 128, 2, down)];
        _up = [new(options, 256, 256, 2, up, skip), new(options, 256, 128, 2, up, skip), new(options, 128, 64, 1), new(options, 64, 32, 1)];
        _output = new VNetOutput(options, 2 * Width);
        register_module("in_tr", _input);
        for (var level = 0; level < _down.Length; level++)
        {
            register_module(FormattableString.Invariant($"down_tr{32 << level}"), _down[level]);
        }

        for (var level = 0; level < _up.Length; level++)
        {
            register_module(FormattableString.Invariant($"up_tr{256 >> level}"), _up[level]);
        }

        register_module("out_tr", _output);
    }

    /// <inheritdoc/>
    public int SizeMultiple => 1 << _down.Length;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var skips = new Stack<Tensor>();
        var x = _input.call(input);
        foreach (var block in _down)
        {
            skips.Push(x);
            x = block.call(x);
        }

        return _output.call(_up.Aggregate(x, (below, block) => block.call(below, skips.Pop()))).MoveToOuterDisposeScope();
    }

    /// <summary>Builds the network that a bundle defines.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    internal static NetworkDescription Build(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var defaults = new VNetOptions();
        var activation = arguments.Layer("act", defaults.Activation);
        var up = arguments.Shares("dropout_prob_up");
        var options = new VNetOptions
        {
            SpatialDims = arguments.SpatialDims(defaults.SpatialDims),
            InChannels = arguments.Integer("in_channels", defaults.InChannels),
            OutChannels = arguments.Integer("out_channels", defaults.OutChannels),
            Activation = activation,
            HasSlopePerChannel = definition.Argument("act") is ConfigValue.Text && activation.Name == "PRELU",
            DownDropout = definition.Argument("dropout_prob_down") is null ? defaults.DownDropout : arguments.ShareOrNone("dropout_prob_down"),
            UpDropout = up.Count == 0 ? defaults.UpDropout : up[0],
            SkipDropout = up.Count < 2 ? defaults.SkipDropout : up[1] ?? 0,
            DropoutDims = arguments.Integer("dropout_dim", defaults.DropoutDims),
            Bias = arguments.Boolean("bias", defaults.Bias),
        };
        arguments.RefuseOthers();
        return new NetworkDescription(new VNet(options), options.SpatialDims, options.InChannels, options.OutChannels);
    }
}
