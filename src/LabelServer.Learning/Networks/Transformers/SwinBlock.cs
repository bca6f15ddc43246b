using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Window attention and two linear layers, each with a way around it: MONAI's <c>SwinTransformerBlock</c>. State keys: <c>norm1</c>, <c>attn</c>, <c>norm2</c>, <c>mlp</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/swin_unetr.py.</remarks>
internal sealed class SwinBlock : nn.Module
{
    private readonly bool _isShifted;
    [ComponentName(Name = "norm1")]
    private readonly LayerNorm _norm1;
    [ComponentName(Name = "attn")]
    private readonly WindowAttention _attention;
    [ComponentName(Name = "drop_path")]
    private readonly StochasticDepth _path;
    [ComponentName(Name = "norm2")]
    private readonly LayerNorm _norm2;
    [ComponentName(Name = "mlp")]
    private readonly MlpBlock _mlp;

    /// <summary>Creates the block.</summary>
    /// <param name="options">The network.</param>
    /// <param name="features">Features of a token.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="isShifted">Whether its windows are shifted by half their size.</param>
    /// <param name="pathDropout">How often training leaves the branches out.</param>
    public SwinBlock(SwinUnetrOptions options, int features, int heads, bool isShifted, double pathDropout)
        : base(nameof(SwinBlock))
    {
        _isShifted = isShifted;
        _norm1 = nn.LayerNorm(features);
        _attention = new WindowAttention(options, features, heads);
        _path = new StochasticDepth(pathDropout);
        _norm2 = nn.LayerNorm(features);
        _mlp = new MlpBlock(features, (int)(features * options.MlpRatio), options.Dropout);
        register_module("norm1", _norm1);
        register_module("attn", _attention);
        register_module("drop_path", _path);
        register_module("norm2", _norm2);
        register_module("mlp", _mlp);
    }

    /// <summary>Applies it.</summary>
    /// <param name="tokens">[N, X, Y(, Z), features].</param>
    /// <param name="grid">The windows.</param>
    /// <param name="regions">The regions of shifted windows.</param>
    public Tensor Run(Tensor tokens, WindowGrid grid, Tensor? regions)
    {
        using var scope = NewDisposeScope();
        var windows = grid.Cut(_norm1.call(tokens), _isShifted);
        var attended = grid.Join(_attention.Run(windows, _isShifted ? regions : null), _isShifted);
        var x = tokens + _path.call(attended);
        return (x + _path.call(_mlp.call(_norm2.call(x)))).MoveToOuterDisposeScope();
    }
}
