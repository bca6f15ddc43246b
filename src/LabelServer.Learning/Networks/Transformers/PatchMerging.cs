using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Halves the size: tokens of 2 × 2 (× 2) become one of twice the features. MONAI's <c>PatchMerging</c> and <c>PatchMergingV2</c>. State keys: <c>reduction</c>, <c>norm</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/swin_unetr.py; for <see cref="PatchMergingOrder.Before15"/> MONAI 1.4.0, same file.</remarks>
internal sealed class PatchMerging : nn.Module<Tensor, Tensor>
{
    private static readonly Dictionary<PatchMergingOrder, int[][]> Volume = new()
    {
        [PatchMergingOrder.Merging] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]],
        [PatchMergingOrder.MergingV2] = [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]],
        [PatchMergingOrder.Before15] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 0], [0, 0, 1], [1, 1, 1]],
    };

    // The same in every version.
    private static readonly int[][] Plane = [[0, 0], [1, 0], [0, 1], [1, 1]];
    private readonly int[][] _places;
    [ComponentName(Name = "reduction")]
    private readonly Linear _reduction;
    [ComponentName(Name = "norm")]
    private readonly LayerNorm _norm;

    /// <summary>Creates the layer.</summary>
    public PatchMerging(int spatialDims, int features, PatchMergingOrder order)
        : base(nameof(PatchMerging))
    {
        _places = spatialDims == 2 ? Plane : Volume[order];
        _reduction = nn.Linear(_places.Length * features, 2 * features, hasBias: false);
        _norm = nn.LayerNorm(_places.Length * features);
        register_module("reduction", _reduction);
        register_module("norm", _norm);
    }

    /// <summary>[N, X, Y(, Z), C] to [N, ⌈X / 2⌉, ⌈Y / 2⌉(, ⌈Z / 2⌉), 2 C]; odd sizes are padded with zeros.</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        long[] missing = [0, 0, .. input.shape[1..^1].Reverse().SelectMany(n => new[] { 0, n % 2 })];
        var x = missing.Any(m => m > 0) ? nn.functional.pad(input, missing) : input;
        var neighbours = _places.Select(place => place.Select((start, axis) => (start, axis)).Aggregate(x, (t, p) => t.slice(p.axis + 1, p.start, long.MaxValue, 2)));
        return _reduction.call(_norm.call(cat([.. neighbours], -1))).MoveToOuterDisposeScope();
    }
}
