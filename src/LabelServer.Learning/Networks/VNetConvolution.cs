using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A convolution of kernel 5 with batch normalisation and activation (MONAI's LUConv). State keys: <c>act_function</c>, <c>conv_block</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/vnet.py.</remarks>
internal sealed class VNetConvolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "act_function")]
    private readonly nn.Module<Tensor, Tensor> _activation;
    [ComponentName(Name = "conv_block")]
    private readonly ConvolutionBlock _conv;

    /// <summary>Creates the layer; channels in and out are the same.</summary>
    public VNetConvolution(VNetOptions options, int channels, bool bias)
        : base(nameof(VNetConvolution))
    {
        _activation = Activation(options, channels);
        _conv = Convolution(options, channels, channels, bias);
        register_module("act_function", _activation);
        register_module("conv_block", _conv);
    }

    /// <summary>The activation; PReLU without arguments has a slope for each channel.</summary>
    public static nn.Module<Tensor, Tensor> Activation(VNetOptions options, int channels) =>
        ActivationLayer.Create(options.HasSlopePerChannel ? options.Activation.WithDefault("num_parameters", new ConfigValue.Integer(channels)) : options.Activation);

    /// <summary>A convolution of kernel 5 that keeps the size, with batch normalisation.</summary>
    public static ConvolutionBlock Convolution(VNetOptions options, int inChannels, int outChannels, bool bias) => new(new ConvolutionBlockOptions
    {
        InChannels = inChannels,
        OutChannels = outChannels,
        Kernel = options.Axes(5),
        Stride = options.Axes(1),
        Bias = bias,
        Norm = new LayerSpec("BATCH"),
    });

    /// <summary>Several of these layers.</summary>
    public static nn.Module<Tensor, Tensor> Several(VNetOptions options, int channels, int count, bool bias) =>
        nn.Sequential([.. Enumerable.Range(0, count).Select(i => (FormattableString.Invariant($"{i}"), (nn.Module<Tensor, Tensor>)new VNetConvolution(options, channels, bias)))]);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var convolved = _conv.call(input);
        return _activation.call(convolved);
    }
}
