using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Classifiers;

/// <summary>Two or three convolutions with a way around them: MONAI's <c>ResNetBlock</c> and <c>ResNetBottleneck</c>. State keys: <c>convN</c>, <c>bnN</c>, <c>downsample</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/resnet.py; He et al. 2016, arXiv:1512.03385.</remarks>
internal sealed class ResNetBlock : nn.Module<Tensor, Tensor>
{
    private readonly List<(AxisConvolution Convolution, nn.Module<Tensor, Tensor> Norm)> _layers = [];
    [ComponentName(Name = "act")]
    private readonly nn.Module<Tensor, Tensor> _activation;
    [ComponentName(Name = "downsample")]
    private readonly nn.Module<Tensor, Tensor>? _around;

    /// <summary>Creates the block.</summary>
    /// <param name="options">The network.</param>
    /// <param name="inChannels">Channels in.</param>
    /// <param name="channels">Channels within.</param>
    /// <param name="stride">The step along each axis.</param>
    public ResNetBlock(ResNetOptions options, int inChannels, int channels, int stride)
        : base(nameof(ResNetBlock))
    {
        var outChannels = channels * options.Expansion;
        if (options.HasBottlenecks)
        {
            Add(options, inChannels, channels, kernel: 1);
            Add(options, channels, channels, kernel: 3, stride);
            Add(options, channels, outChannels, kernel: 1);
        }
        else
        {
            Add(options, inChannels, channels, kernel: 3, stride);
            Add(options, channels, channels, kernel: 3);
        }

        _activation = ActivationLayer.Create(new LayerSpec("RELU"));
        register_module("act", _activation);
        if (stride != 1 || inChannels != outChannels)
        {
            _around = options.HasConvolutionsAround ? Around(options, inChannels, outChannels, stride) : new ResNetShortcut(outChannels, stride);
            register_module("downsample", _around);
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input;
        foreach (var (convolution, norm) in _layers)
        {
            x = norm.call(convolution.call(ReferenceEquals(x, input) ? x : _activation.call(x)));
        }

        return _activation.call(x.add_(_around?.call(input) ?? input)).MoveToOuterDisposeScope();
    }

    private static nn.Module<Tensor, Tensor> Around(ResNetOptions options, int inChannels, int outChannels, int stride)
    {
        var (ones, steps) = (PlainLayers.Axes(options.SpatialDims, 1), PlainLayers.Axes(options.SpatialDims, stride));
        var convolution = new AxisConvolution(inChannels, outChannels, ones, steps, PlainLayers.Axes(options.SpatialDims, 0), options.BiasAround);
        return nn.Sequential(("0", convolution), ("1", NormalizationLayer.Create(new LayerSpec("BATCH"), options.SpatialDims, outChannels)));
    }

    private void Add(ResNetOptions options, int inChannels, int outChannels, int kernel, int stride = 1)
    {
        var convolution = PlainLayers.Convolution(options.SpatialDims, inChannels, outChannels, kernel, stride, fan: nn.init.FanInOut.FanOut);
        var norm = NormalizationLayer.Create(new LayerSpec("BATCH"), options.SpatialDims, outChannels);
        _layers.Add((convolution, norm));
        register_module(FormattableString.Invariant($"conv{_layers.Count}"), convolution);
        register_module(FormattableString.Invariant($"bn{_layers.Count}"), norm);
    }
}
