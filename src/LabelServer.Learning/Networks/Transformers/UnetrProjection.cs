using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Brings a transformer's tokens to the size of a level, doubling step by step: MONAI's <c>UnetrPrUpBlock</c>. State keys: <c>transp_conv_init</c>, <c>blocks</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/unetr_block.py.</remarks>
internal sealed class UnetrProjection : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "transp_conv_init")]
    private readonly ConvolutionBlock _first;
    private readonly List<nn.Module<Tensor, Tensor>> _steps;

    /// <summary>Creates the block.</summary>
    /// <param name="options">The network.</param>
    /// <param name="outChannels">Channels of the level.</param>
    /// <param name="steps">Doublings after the first one.</param>
    public UnetrProjection(UnetrOptions options, int outChannels, int steps)
        : base(nameof(UnetrProjection))
    {
        _first = UnetrUpBlock.Doubling(options.SpatialDims, options.HiddenSize, outChannels);
        _steps = [.. Enumerable.Range(0, steps).Select(_ => Step(options, outChannels))];
        register_module("transp_conv_init", _first);
        register_module("blocks", new ModuleList<nn.Module<Tensor, Tensor>>([.. _steps]));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _steps.Aggregate(_first.call(input), (x, step) => step.call(x)).MoveToOuterDisposeScope();
    }

    private static nn.Module<Tensor, Tensor> Step(UnetrOptions options, int channels)
    {
        var up = UnetrUpBlock.Doubling(options.SpatialDims, channels, channels);
        return options.HasProjectionBlocks
            ? nn.Sequential(("0", up), ("1", UnetrUpBlock.Block(options.Layers, options.SpatialDims, channels, channels, options.IsResidual)))
            : up;
    }
}
