using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Cuts an image into patches and makes each one a token: MONAI's <c>PatchEmbeddingBlock</c> with learned positions.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/patchembedding.py. State keys: <c>position_embeddings</c>, <c>patch_embeddings</c> (with a linear layer <c>patch_embeddings.1</c>).</remarks>
internal sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly int _patch;
    private readonly bool _isLinear;
    [ComponentName(Name = "patch_embeddings")]
    private readonly nn.Module<Tensor, Tensor> _embedding;
    [ComponentName(Name = "dropout")]
    private readonly Dropout _dropout;

    /// <summary>Creates the layer for images of a fixed size.</summary>
    /// <param name="options">The network.</param>
    /// <param name="patch">The length of a patch along each axis.</param>
    public PatchEmbedding(UnetrOptions options, int patch)
        : base(nameof(PatchEmbedding))
    {
        _patch = patch;
        _isLinear = options.HasLinearPatches;
        using var noGradient = no_grad();
        var positions = empty([1, options.ImageSize.Aggregate(1L, (product, n) => product * (n / patch)), options.HiddenSize]);
        register_parameter("position_embeddings", new Parameter(nn.init.trunc_normal_(positions, std: 0.02)));
        _embedding = _isLinear ? LinearPatches(options, patch) : Convolution(options, patch);
        _dropout = nn.Dropout(options.Dropout);
        register_module("patch_embeddings", _embedding);
        register_module("dropout", _dropout);
    }

    /// <summary>[N, C, X, Y(, Z)] to [N, patches, features].</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var tokens = _isLinear ? _embedding.call(Cut(input)) : _embedding.call(input).flatten(2).transpose(-1, -2);
        return _dropout.call(tokens + get_parameter("position_embeddings")!).MoveToOuterDisposeScope();
    }

    private static AxisConvolution Convolution(UnetrOptions options, int patch)
    {
        int[] axes = [.. options.ImageSize.Select(_ => patch)];
        return new AxisConvolution(options.InChannels, options.HiddenSize, axes, axes, [.. axes.Select(_ => 0)], bias: true);
    }

    private static nn.Module<Tensor, Tensor> LinearPatches(UnetrOptions options, int patch)
    {
        var linear = nn.Linear(options.ImageSize.Aggregate((long)options.InChannels, (product, _) => product * patch), options.HiddenSize);
        nn.init.trunc_normal_(linear.weight!, std: 0.02);
        nn.init.zeros_(linear.bias!);
        return nn.Sequential(("1", linear));
    }

    // einops: b c (h p1) (w p2) (d p3) -> b (h w d) (p1 p2 p3 c)
    private Tensor Cut(Tensor input)
    {
        var axes = (int)input.dim() - 2;
        long[] shape = [.. input.shape[..2], .. input.shape[2..].SelectMany(n => new[] { n / _patch, _patch })];
        long[] order = [0, .. Enumerable.Range(0, axes).Select(a => 2L + (2 * a)), .. Enumerable.Range(0, axes).Select(a => 3L + (2 * a)), 1];
        return input.reshape(shape).permute(order).flatten(1 + axes).flatten(1, axes);
    }
}
