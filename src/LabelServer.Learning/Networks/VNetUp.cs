using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Doubles the size and joins the features from beside it (MONAI's UpTransition). State keys: <c>up_conv</c>, <c>bn1</c>, <c>act_function1</c>, <c>act_function2</c>, <c>ops</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/vnet.py.</remarks>
internal sealed class VNetUp : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "up_conv")]
    private readonly AxisConvolution _up;
    [ComponentName(Name = "bn1")]
    private readonly nn.Module<Tensor, Tensor> _norm;
    [ComponentName(Name = "dropout")]
    private readonly nn.Module<Tensor, Tensor>? _dropout;
    [ComponentName(Name = "dropout2")]
    private readonly nn.Module<Tensor, Tensor> _skipDropout;
    [ComponentName(Name = "act_function1")]
    private readonly nn.Module<Tensor, Tensor> _activation1;
    [ComponentName(Name = "act_function2")]
    private readonly nn.Module<Tensor, Tensor> _activation2;
    [ComponentName(Name = "ops")]
    private readonly nn.Module<Tensor, Tensor> _convolutions;

    /// <summary>Creates the block.</summary>
    /// <param name="options">The network.</param>
    /// <param name="inChannels">Channels from below.</param>
    /// <param name="channels">Channels out; half of them come from beside.</param>
    /// <param name="count">Convolutions.</param>
    /// <param name="dropout">The share that dropout clears of the features from below, or null.</param>
    /// <param name="skipDropout">The share that it clears of those from beside.</param>
    public VNetUp(VNetOptions options, int inChannels, int channels, int count, double? dropout = null, double skipDropout = 0.5)
        : base(nameof(VNetUp))
    {
        _up = new AxisConvolution(inChannels, channels / 2, options.Axes(2), options.Axes(2), options.Axes(0), bias: true, outputPadding: options.Axes(0));
        _norm = NormalizationLayer.Create(new LayerSpec("BATCH"), options.SpatialDims, channels / 2);
        _skipDropout = options.Dropout(skipDropout);
        _activation1 = VNetConvolution.Activation(options, channels / 2);
        _activation2 = VNetConvolution.Activation(options, channels);
        _convolutions = VNetConvolution.Several(options, channels, count, bias: false);
        register_module("up_conv", _up);
        register_module("bn1", _norm);
        if (dropout is { } probability)
        {
            _dropout = options.Dropout(probability);
            register_module("dropout", _dropout);
        }

        register_module("dropout2", _skipDropout);
        register_module("act_function1", _activation1);
        register_module("act_function2", _activation2);
        register_module("ops", _convolutions);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor below, Tensor skip)
    {
        using var scope = NewDisposeScope();
        var up = _activation1.call(_norm.call(_up.call(_dropout?.call(below) ?? below)));
        var joined = cat([up, _skipDropout.call(skip)], 1);
        return _activation2.call(_convolutions.call(joined) + joined).MoveToOuterDisposeScope();
    }
}
