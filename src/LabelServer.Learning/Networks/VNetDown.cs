using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Halves the size and doubles the channels (MONAI's DownTransition). State keys: <c>down_conv</c>, <c>bn1</c>, <c>act_function1</c>, <c>act_function2</c>, <c>ops</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/vnet.py.</remarks>
internal sealed class VNetDown : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "down_conv")]
    private readonly AxisConvolution _down;
    [ComponentName(Name = "bn1")]
    private readonly nn.Module<Tensor, Tensor> _norm;
    [ComponentName(Name = "act_function1")]
    private readonly nn.Module<Tensor, Tensor> _activation1;
    [ComponentName(Name = "act_function2")]
    private readonly nn.Module<Tensor, Tensor> _activation2;
    [ComponentName(Name = "ops")]
    private readonly nn.Module<Tensor, Tensor> _convolutions;
    [ComponentName(Name = "dropout")]
    private readonly nn.Module<Tensor, Tensor>? _dropout;

    /// <summary>Creates the block.</summary>
    /// <param name="options">The network.</param>
    /// <param name="inChannels">Channels in; twice as many go out.</param>
    /// <param name="count">Convolutions after the strided one.</param>
    /// <param name="dropout">The share that dropout clears, or null.</param>
    public VNetDown(VNetOptions options, int inChannels, int count, double? dropout = null)
        : base(nameof(VNetDown))
    {
        var channels = 2 * inChannels;
        _down = new AxisConvolution(inChannels, channels, options.Axes(2), options.Axes(2), options.Axes(0), options.Bias);
        _norm = NormalizationLayer.Create(new LayerSpec("BATCH"), options.SpatialDims, channels);
        _activation1 = VNetConvolution.Activation(options, channels);
        _activation2 = VNetConvolution.Activation(options, channels);
        _convolutions = VNetConvolution.Several(options, channels, count, options.Bias);
        register_module("down_conv", _down);
        register_module("bn1", _norm);
        register_module("act_function1", _activation1);
        register_module("act_function2", _activation2);
        register_module("ops", _convolutions);
        if (dropout is { } probability)
        {
            _dropout = options.Dropout(probability);
            register_module("dropout", _dropout);
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var down = _activation1.call(_norm.call(_down.call(input)));
        var convolved = _convolutions.call(_dropout?.call(down) ?? down);
        return _activation2.call(convolved + down).MoveToOuterDisposeScope();
    }
}
