using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>The first convolution, with the image itself added to each group of channels (MONAI's InputTransition). State keys: <c>act_function</c>, <c>conv_block</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/vnet.py.</remarks>
internal sealed class VNetInput : nn.Module<Tensor, Tensor>
{
    private readonly int _channels;
    [ComponentName(Name = "act_function")]
    private readonly nn.Module<Tensor, Tensor> _activation;
    [ComponentName(Name = "conv_block")]
    private readonly ConvolutionBlock _conv;

    /// <summary>Creates the block.</summary>
    public VNetInput(VNetOptions options, int channels)
        : base(nameof(VNetInput))
    {
        _channels = channels;
        _activation = VNetConvolution.Activation(options, channels);
        _conv = VNetConvolution.Convolution(options, options.InChannels, channels, options.Bias);
        register_module("act_function", _activation);
        register_module("conv_block", _conv);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var repeated = cat([.. Enumerable.Repeat(input, _channels / (int)input.shape[1])], 1);
        return _activation.call(_conv.call(input) + repeated).MoveToOuterDisposeScope();
    }
}
