using TorchSharp.Utils;
using static TorchSharp.torch;
using UpsampleMode = LabelServer.Inference.Networks.UpsampleMode;

namespace LabelServer.Learning.Networks;

/// <summary>Doubles the size along each spatial axis; channels stay.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/upsample.py (UpSample, SubpixelUpsample) and monai/networks/utils.py:pixelshuffle, with scale factor 2 and
/// align_corners false, as SegResNet calls it. State keys: <c>deconv</c>, <c>pixelshuffle.conv_block</c>, or none.</remarks>
public sealed class UpsampleLayer : nn.Module<Tensor, Tensor>
{
    private readonly UpsampleMode _mode;
    private readonly int _spatialDims;
    private readonly int _channels;
    [ComponentName(Name = "deconv")]
    private readonly nn.Module<Tensor, Tensor>? _deconvolution;

    [ComponentName(Name = "pixelshuffle")]
    private readonly SubpixelConvolution? _subpixel;

    /// <summary>Creates the layer.</summary>
    public UpsampleLayer(int spatialDims, int channels, UpsampleMode mode)
        : base(nameof(UpsampleLayer))
    {
        _mode = mode;
        _spatialDims = spatialDims;
        _channels = channels;
        switch (mode)
        {
            case UpsampleMode.Deconvolution:
                _deconvolution = spatialDims == 2 ? nn.ConvTranspose2d(channels, channels, 2, 2) : nn.ConvTranspose3d(channels, channels, 2, 2);
                register_module("deconv", _deconvolution);
                break;
            case UpsampleMode.PixelShuffle:
                _subpixel = new SubpixelConvolution(spatialDims, channels);
                register_module("pixelshuffle", _subpixel);
                break;
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (_mode == UpsampleMode.NonTrainable)
        {
            double[] scale = _spatialDims == 2 ? [2, 2] : [2, 2, 2];
            var mode = _spatialDims == 2 ? InterpolationMode.Bilinear : InterpolationMode.Trilinear;
            return nn.functional.interpolate(input, scale_factor: scale, mode: mode, align_corners: false);
        }

        if (_deconvolution is not null)
        {
            return _deconvolution.call(input);
        }

        using var wide = _subpixel!.call(input);
        return Shuffle(wide);
    }

    // Channel c * 2^d + offset becomes channel c at that offset within each 2 × 2 (× 2) block; then each voxel is the mean of itself and its lower neighbours.
    private Tensor Shuffle(Tensor wide)
    {
        var shape = wide.shape;
        if (_spatialDims == 2)
        {
            using var split = wide.reshape(shape[0], _channels, 2, 2, shape[2], shape[3]);
            using var ordered = split.permute(0, 1, 4, 2, 5, 3);
            using var full = ordered.reshape(shape[0], _channels, shape[2] * 2, shape[3] * 2);
            using var padded = nn.functional.pad(full, [1, 0, 1, 0]);
            return nn.functional.avg_pool2d(padded, 2, 1);
        }
        else
        {
            using var split = wide.reshape(shape[0], _channels, 2, 2, 2, shape[2], shape[3], shape[4]);
            using var ordered = split.permute(0, 1, 5, 2, 6, 3, 7, 4);
            using var full = ordered.reshape(shape[0], _channels, shape[2] * 2, shape[3] * 2, shape[4] * 2);
            using var padded = nn.functional.pad(full, [1, 0, 1, 0, 1, 0]);
            return nn.functional.avg_pool3d(padded, [2, 2, 2], [1, 1, 1]);
        }
    }

    /// <summary>The convolution before the shuffle, registered as <c>conv_block</c>.</summary>
    private sealed class SubpixelConvolution : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "conv_block")]
        private readonly nn.Module<Tensor, Tensor> _conv;

        public SubpixelConvolution(int spatialDims, int channels)
            : base(nameof(SubpixelConvolution))
        {
            _conv = spatialDims == 2
                ? nn.Conv2d(channels, channels * 4, 3, padding: 1L)
                : nn.Conv3d(channels, channels * 8, 3, padding: 1L);
            register_module("conv_block", _conv);
            Initialize(channels);
        }

        public override Tensor forward(Tensor input) => _conv.call(input);

        // The same kernel for all sub-voxels of a channel, so that training starts without a checkerboard (Aitken et al. 2017, arXiv:1707.02937).
        private void Initialize(int channels)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            var weight = _conv.get_parameter("weight")!;
            var shape = weight.shape;
            var kernel = zeros([channels, .. shape[1..]]);
            nn.init.kaiming_normal_(kernel);
            weight.copy_(kernel.repeat_interleave(shape[0] / channels, dim: 0));
        }
    }
}
