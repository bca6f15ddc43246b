using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Cuts an image into small patches and makes each one a token: MONAI's <c>PatchEmbed</c>. State keys: <c>proj</c>, <c>norm</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/patchembedding.py. The image's size is a multiple of the patch's.</remarks>
internal sealed class SwinEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")]
    private readonly AxisConvolution _projection;
    [ComponentName(Name = "norm")]
    private readonly LayerNorm? _norm;

    /// <summary>Creates the layer.</summary>
    public SwinEmbedding(SwinUnetrOptions options)
        : base(nameof(SwinEmbedding))
    {
        int[] patch = [.. Enumerable.Repeat(options.PatchSize, options.SpatialDims)];
        _projection = new AxisConvolution(options.InChannels, options.FeatureSize, patch, patch, [.. patch.Select(_ => 0)], bias: true);
        register_module("proj", _projection);
        if (options.NormalizesPatches)
        {
            _norm = nn.LayerNorm(options.FeatureSize);
            register_module("norm", _norm);
        }
    }

    /// <summary>[N, C, X, Y(, Z)] to [N, features, X / patch, …].</summary>
    public override Tensor forward(Tensor input)
    {
        var tokens = _projection.call(input);
        if (_norm is null)
        {
            return tokens;
        }

        using var scope = NewDisposeScope();
        return TorchLayout.ToFirst(_norm.call(TorchLayout.ToLast(tokens))).MoveToOuterDisposeScope();
    }
}
