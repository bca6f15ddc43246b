using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>The blocks of one size, every second one with shifted windows, and the step to the next size: MONAI's <c>BasicLayer</c>. State keys: <c>blocks</c>, <c>downsample</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/swin_unetr.py.</remarks>
internal sealed class SwinStage : nn.Module<Tensor, Tensor>
{
    private readonly IReadOnlyList<int> _window;
    private readonly List<SwinBlock> _blocks;
    [ComponentName(Name = "downsample")]
    private readonly PatchMerging _merging;

    /// <summary>Creates a stage.</summary>
    public SwinStage(SwinUnetrOptions options, int stage)
        : base(nameof(SwinStage))
    {
        _window = options.Window;
        var features = options.FeatureSize << stage;
        var (before, all) = (options.Depths.Take(stage).Sum(), options.Depths.Sum());
        _blocks = [.. Enumerable.Range(0, options.Depths[stage]).Select(
            block => new SwinBlock(options, features, options.Heads[stage], block % 2 == 1, options.PathDropout * (before + block) / Math.Max(1, all - 1)))];
        _merging = new PatchMerging(options.SpatialDims, features, options.Merging);
        register_module("blocks", new ModuleList<nn.Module>([.. _blocks]));
        register_module("downsample", _merging);
    }

    /// <summary>[N, C, X, Y(, Z)] to [N, 2 C, X / 2, Y / 2(, Z / 2)].</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = TorchLayout.ToLast(input).contiguous();
        var grid = new WindowGrid(x.shape[1..^1], _window);
        var regions = _blocks.Count > 1 && grid.IsShifted ? grid.Regions(x.device) : null;
        foreach (var block in _blocks)
        {
            x = block.Run(x, grid, regions);
        }

        return TorchLayout.ToFirst(_merging.call(x)).MoveToOuterDisposeScope();
    }
}
