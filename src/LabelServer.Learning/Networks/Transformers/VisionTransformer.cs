using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>A stack of transformer blocks over the patches of an image: MONAI's <c>ViT</c> without its classifier. State keys: <c>patch_embedding</c>, <c>blocks</c>, <c>norm</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/vit.py; Dosovitskiy et al. 2021, arXiv:2010.11929.</remarks>
internal sealed class VisionTransformer : nn.Module
{
    [ComponentName(Name = "patch_embedding")]
    private readonly PatchEmbedding _embedding;
    [ComponentName(Name = "norm")]
    private readonly LayerNorm _norm;
    private readonly List<TransformerBlock> _blocks;

    /// <summary>Creates the stack.</summary>
    public VisionTransformer(UnetrOptions options, int patch, int depth)
        : base(nameof(VisionTransformer))
    {
        _embedding = new PatchEmbedding(options, patch);
        _blocks = [.. Enumerable.Range(0, depth).Select(_ => new TransformerBlock(options))];
        _norm = nn.LayerNorm(options.HiddenSize);
        register_module("patch_embedding", _embedding);
        register_module("blocks", new ModuleList<nn.Module<Tensor, Tensor>>([.. _blocks]));
        register_module("norm", _norm);
    }

    /// <summary>What each block gives, and the normalised last one as one more. They live in the caller's scope.</summary>
    /// <param name="image">[N, C, X, Y(, Z)].</param>
    /// <returns>Tensors [N, patches, features].</returns>
    public IReadOnlyList<Tensor> Run(Tensor image)
    {
        var x = _embedding.call(image);
        var outputs = new List<Tensor>();
        foreach (var block in _blocks)
        {
            x = block.call(x);
            outputs.Add(x);
        }

        outputs.Add(_norm.call(x));
        return outputs;
    }
}
