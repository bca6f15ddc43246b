using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>The scores of a level: a convolution of kernel 1 (MONAI's UnetOutBlock). State key: <c>conv.conv</c>.</summary>
internal sealed class DynUNetHead : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly ConvolutionBlock _conv;

    /// <summary>Creates the head.</summary>
    /// <param name="spatialDims">2 or 3.</param>
    /// <param name="inChannels">Features.</param>
    /// <param name="outChannels">Classes.</param>
    /// <param name="dropout">The share of values that dropout clears.</param>
    public DynUNetHead(int spatialDims, int inChannels, int outChannels, double dropout = 0)
        : base(nameof(DynUNetHead))
    {
        int[] ones = [.. Enumerable.Repeat(1, spatialDims)];
        _conv = new ConvolutionBlock(new ConvolutionBlockOptions { InChannels = inChannels, OutChannels = outChannels, Kernel = ones, Stride = ones, Dropout = dropout });
        register_module("conv", _conv);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _conv.call(input);
}
