using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>MONAI's <c>UNet</c>: an encoder and decoder of plain or residual convolutions. State key: <c>model</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/unet.py. The size must be divisible by the product of the strides. Golden: networks_more/unet_*.</remarks>
public sealed class UNet : nn.Module<Tensor, Tensor>, ISizedNetwork
{
    private readonly UNetOptions _options;
    [ComponentName(Name = "model")]
    private readonly nn.Module<Tensor, Tensor> _model;

    /// <summary>Creates the network.</summary>
    /// <exception cref="NetworkUnsupportedException">Channels and strides do not go together.</exception>
    public UNet(UNetOptions options)
        : base(nameof(UNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ResidualUnits < 0)
        {
            throw new NetworkUnsupportedException($"UNet: num_res_units is {options.ResidualUnits}; it must be 0 or more.");
        }

        if (options.Channels.Count < 2 || options.Strides.Count < options.Channels.Count - 1)
        {
            throw new NetworkUnsupportedException($"UNet: {options.Channels.Count} channels and {options.Strides.Count} strides do not go together; there must be at least two channels and one stride fewer.");
        }

        _options = options;
        SizeMultiple = options.Strides.Take(options.Channels.Count - 1).Aggregate(1, (product, s) => product * s.Max());
        _model = Level(options.InChannels, options.OutChannels, 0);
        register_module("model", _model);
    }

    /// <inheritdoc/>
    public int SizeMultiple { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _model.call(input);

    /// <summary>Builds the network that a bundle defines.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    internal static NetworkDescription Build(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var dimensions = arguments.SpatialDims(arguments.SpatialDims(name: "dimensions"));
        var options = new UNetOptions
        {
            InChannels = arguments.Integer("in_channels", 1),
            OutChannels = arguments.Integer("out_channels", 1),
            Channels = arguments.Integers("channels", []),
            Strides = arguments.Sizes("strides", dimensions),
            Kernel = arguments.OddSize("kernel_size", dimensions, 3),
            UpKernel = arguments.OddSize("up_kernel_size", dimensions, 3),
            ResidualUnits = arguments.Integer("num_res_units", 0),
            Activation = arguments.Layer("act", new LayerSpec("PRELU")),
            Norm = arguments.Layer("norm", new LayerSpec("INSTANCE")),
            Dropout = arguments.ShareOrNone("dropout") ?? 0,
            Bias = arguments.Boolean("bias", true),
            Ordering = arguments.Text("adn_ordering", "NDA"),
        };
        arguments.RefuseOthers();
        return new NetworkDescription(new UNet(options), dimensions, options.InChannels, options.OutChannels);
    }

    // Down, all that is below, up.
    private nn.Module<Tensor, Tensor> Level(int inChannels, int outChannels, int level)
    {
        var channels = _options.Channels[level];
        var isLast = level == _options.Channels.Count - 2;
        var below = isLast ? Down(channels, _options.Channels[level + 1], Ones) : Level(channels, channels, level + 1);
        var upChannels = channels + (isLast ? _options.Channels[level + 1] : channels);
        return nn.Sequential(
            ("0", Down(inChannels, channels, _options.Strides[level])),
            ("1", new SkipConnection(below)),
            ("2", Up(upChannels, outChannels, _options.Strides[level], level == 0)));
    }

    private int[] Ones => [.. _options.Kernel.Select(_ => 1)];

    private nn.Module<Tensor, Tensor> Down(int inChannels, int outChannels, int[] stride)
    {
        var convolution = Convolution(inChannels, outChannels, _options.Kernel, stride);
        return _options.ResidualUnits > 0 ? new ResidualUnit(convolution, _options.ResidualUnits) : new ConvolutionBlock(convolution);
    }

    private nn.Module<Tensor, Tensor> Up(int inChannels, int outChannels, int[] stride, bool isTop)
    {
        var transposed = Convolution(inChannels, outChannels, _options.UpKernel, stride) with { IsTransposed = true };
        if (_options.ResidualUnits == 0)
        {
            return new ConvolutionBlock(isTop ? transposed with { Norm = null, Activation = null, Dropout = 0 } : transposed);
        }

        return nn.Sequential(
            ("0", new ConvolutionBlock(transposed)),
            ("1", new ResidualUnit(Convolution(outChannels, outChannels, _options.Kernel, Ones), 1, lastIsBare: isTop)));
    }

    private ConvolutionBlockOptions Convolution(int inChannels, int outChannels, int[] kernel, int[] stride) => new()
    {
        InChannels = inChannels,
        OutChannels = outChannels,
        Kernel = kernel,
        Stride = stride,
        Bias = _options.Bias,
        Norm = _options.Norm,
        Activation = _options.Activation,
        Dropout = _options.Dropout,
        Ordering = _options.Ordering,
    };
}
