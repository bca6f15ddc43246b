using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Normalisation, activation and convolution twice, with a way around them (MONAI's SegResBlock). State keys: <c>norm1</c>, <c>conv1</c>, <c>norm2</c>, <c>conv2</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/segresnet_ds.py.</remarks>
internal sealed class SegResNetDSBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm1")]
    private readonly nn.Module<Tensor, Tensor> _norm1;
    [ComponentName(Name = "act1")]
    private readonly nn.Module<Tensor, Tensor> _activation;
    [ComponentName(Name = "conv1")]
    private readonly AxisConvolution _conv1;
    [ComponentName(Name = "norm2")]
    private readonly nn.Module<Tensor, Tensor> _norm2;
    [ComponentName(Name = "conv2")]
    private readonly AxisConvolution _conv2;

    /// <summary>Creates the block; channels in and out are the same.</summary>
    public SegResNetDSBlock(SegResNetDSOptions options, int channels, int[] kernel)
        : base(nameof(SegResNetDSBlock))
    {
        _norm1 = NormalizationLayer.Create(options.Norm, options.SpatialDims, channels);
        _activation = ActivationLayer.Create(options.Activation);
        _conv1 = Convolution(channels, channels, kernel);
        _norm2 = NormalizationLayer.Create(options.Norm, options.SpatialDims, channels);
        _conv2 = Convolution(channels, channels, kernel);
        register_module("norm1", _norm1);
        register_module("act1", _activation);
        register_module("conv1", _conv1);
        register_module("norm2", _norm2);
        register_module("conv2", _conv2);
    }

    /// <summary>The kernel along each axis: an axis that is not halved is not convolved either.</summary>
    public static int[] Kernel(int[] scale) => [.. scale.Select(s => s > 1 ? 3 : 1)];

    /// <summary>A convolution without bias that keeps the size, but for its stride.</summary>
    public static AxisConvolution Convolution(int inChannels, int outChannels, int[] kernel, int[]? stride = null) =>
        new(inChannels, outChannels, kernel, stride ?? [.. kernel.Select(_ => 1)], [.. kernel.Select(k => k / 2)], bias: false);

    /// <summary>Several blocks, one after the other.</summary>
    public static nn.Module<Tensor, Tensor> Several(SegResNetDSOptions options, int channels, int[] kernel, int count) =>
        nn.Sequential([.. Enumerable.Range(0, count).Select(i => (FormattableString.Invariant($"{i}"), (nn.Module<Tensor, Tensor>)new SegResNetDSBlock(options, channels, kernel)))]);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var activated = NormalizedActivation.Apply(_norm1, _activation, input);
        using var between = _conv1.call(activated);
        using var again = NormalizedActivation.Apply(_norm2, _activation, between);
        return _conv2.call(again).add_(input);
    }
}
