using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Doubles the size and joins the features from beside it: MONAI's <c>UnetrUpBlock</c>. State keys: <c>transp_conv</c>, <c>conv_block</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/unetr_block.py.</remarks>
internal sealed class UnetrUpBlock : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "transp_conv")]
    private readonly ConvolutionBlock _up;
    [ComponentName(Name = "conv_block")]
    private readonly DynUNetBlock _block;

    /// <summary>Creates the block.</summary>
    public UnetrUpBlock(UnetBlockLayers layers, int spatialDims, int inChannels, int outChannels, bool isResidual)
        : base(nameof(UnetrUpBlock))
    {
        _up = Doubling(spatialDims, inChannels, outChannels);
        _block = Block(layers, spatialDims, 2 * outChannels, outChannels, isResidual);
        register_module("transp_conv", _up);
        register_module("conv_block", _block);
    }

    /// <summary>A transposed convolution that doubles the size, with nothing after it.</summary>
    public static ConvolutionBlock Doubling(int spatialDims, int inChannels, int outChannels)
    {
        int[] two = [.. Enumerable.Repeat(2, spatialDims)];
        int[] none = [.. Enumerable.Repeat(0, spatialDims)];
        return new(new ConvolutionBlockOptions
        {
            InChannels = inChannels,
            OutChannels = outChannels,
            Kernel = two,
            Stride = two,
            Padding = none,
            OutputPadding = none,
            IsTransposed = true,
            Bias = false,
        });
    }

    /// <summary>Two convolutions of kernel 3 that keep the size.</summary>
    public static DynUNetBlock Block(UnetBlockLayers layers, int spatialDims, int inChannels, int outChannels, bool isResidual) =>
        new(layers, inChannels, outChannels, [.. Enumerable.Repeat(3, spatialDims)], [.. Enumerable.Repeat(1, spatialDims)], isResidual);

    /// <inheritdoc/>
    public override Tensor forward(Tensor below, Tensor skip)
    {
        using var scope = NewDisposeScope();
        return _block.call(cat([_up.call(below), skip], 1)).MoveToOuterDisposeScope();
    }
}
