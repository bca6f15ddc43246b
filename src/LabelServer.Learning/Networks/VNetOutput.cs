using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>The scores (MONAI's OutputTransition). State keys: <c>act_function1</c>, <c>conv_block</c>, <c>conv2</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/vnet.py.</remarks>
internal sealed class VNetOutput : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "act_function1")]
    private readonly nn.Module<Tensor, Tensor> _activation;
    [ComponentName(Name = "conv_block")]
    private readonly ConvolutionBlock _conv;
    [ComponentName(Name = "conv2")]
    private readonly AxisConvolution _scores;

    /// <summary>Creates the block.</summary>
    public VNetOutput(VNetOptions options, int inChannels)
        : base(nameof(VNetOutput))
    {
        var classes = options.OutChannels;
        _activation = VNetConvolution.Activation(options, classes);
        _conv = VNetConvolution.Convolution(options, inChannels, classes, options.Bias);
        _scores = new AxisConvolution(classes, classes, options.Axes(1), options.Axes(1), options.Axes(0), bias: true);
        register_module("act_function1", _activation);
        register_module("conv_block", _conv);
        register_module("conv2", _scores);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _scores.call(_activation.call(_conv.call(input))).MoveToOuterDisposeScope();
    }
}
