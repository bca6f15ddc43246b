using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>The way up into a level of a <see cref="SegResNetDS"/>. State keys: <c>upsample</c>, <c>blocks</c>, <c>head</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/segresnet_ds.py.</remarks>
internal sealed class SegResNetDSUp : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "upsample")]
    private readonly SegResNetDSUpsample _upsample;
    [ComponentName(Name = "blocks")]
    private readonly nn.Module<Tensor, Tensor> _blocks;
    [ComponentName(Name = "head")]
    private readonly AxisConvolution? _head;

    /// <summary>Creates the way into a level.</summary>
    /// <param name="options">The network.</param>
    /// <param name="level">The level that it leads into, the finest is 0.</param>
    /// <param name="scale">The step from the level below along each axis.</param>
    public SegResNetDSUp(SegResNetDSOptions options, int level, int[] scale)
        : base(nameof(SegResNetDSUp))
    {
        var channels = options.InitFilters << level;
        var count = options.BlocksUp.Count == 0 ? 1 : options.BlocksUp[options.BlocksUp.Count - 1 - level];
        _upsample = new SegResNetDSUpsample(options.UpsampleMode, 2 * channels, channels, scale);
        _blocks = SegResNetDSBlock.Several(options, channels, SegResNetDSBlock.Kernel(scale), count);
        register_module("upsample", _upsample);
        register_module("blocks", _blocks);
        if (level < options.Depth)
        {
            int[] ones = [.. scale.Select(_ => 1)];
            _head = new AxisConvolution(channels, options.OutChannels, ones, ones, [.. scale.Select(_ => 0)], bias: true);
            register_module("head", _head);
        }
    }

    /// <summary>The scores of the level; null where it has none.</summary>
    public nn.Module<Tensor, Tensor>? Head => _head;

    /// <inheritdoc/>
    public override Tensor forward(Tensor below, Tensor skip)
    {
        using var grown = _upsample.call(below).add_(skip);
        return _blocks.call(grown);
    }
}
