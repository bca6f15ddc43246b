using TorchSharp.Utils;
using static TorchSharp.torch;
using UpsampleMode = LabelServer.Inference.Networks.UpsampleMode;

namespace LabelServer.Learning.Networks;

/// <summary>Grows by 1 or 2 along each axis and halves the channels: MONAI's <c>UpSample</c> as SegResNetDS calls it. State keys: <c>deconv</c>, or <c>preconv</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/upsample.py, without biases and with align_corners false.</remarks>
internal sealed class SegResNetDSUpsample : nn.Module<Tensor, Tensor>
{
    private readonly double[] _scale;
    [ComponentName(Name = "deconv")]
    private readonly AxisConvolution? _deconvolution;
    [ComponentName(Name = "preconv")]
    private readonly AxisConvolution? _narrowing;

    /// <summary>Creates the layer.</summary>
    public SegResNetDSUpsample(UpsampleMode mode, int inChannels, int outChannels, int[] scale)
        : base(nameof(SegResNetDSUpsample))
    {
        _scale = [.. scale.Select(s => (double)s)];
        int[] ones = [.. scale.Select(_ => 1)];
        if (mode == UpsampleMode.NonTrainable)
        {
            _narrowing = SegResNetDSBlock.Convolution(inChannels, outChannels, ones);
            register_module("preconv", _narrowing);
            return;
        }

        var kernel = SegResNetDSBlock.Kernel(scale);
        _deconvolution = new AxisConvolution(
            inChannels, outChannels, kernel, scale, [.. kernel.Select(k => (k - 1) / 2)], bias: false, outputPadding: [.. kernel.Zip(scale, (k, s) => s - 1 - ((k - 1) % 2))]);
        register_module("deconv", _deconvolution);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (_deconvolution is not null)
        {
            return _deconvolution.call(input);
        }

        using var narrow = _narrowing!.call(input);
        return nn.functional.interpolate(narrow, scale_factor: _scale, mode: _scale.Length == 2 ? InterpolationMode.Bilinear : InterpolationMode.Trilinear, align_corners: false);
    }
}
