using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Attention and two linear layers, each with a way around it: MONAI's <c>TransformerBlock</c> without attention to a second input.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/transformerblock.py. <c>norm_cross_attn</c> is there because MONAI saves it; nothing reads it.</remarks>
internal sealed class TransformerBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "mlp")]
    private readonly MlpBlock _mlp;
    [ComponentName(Name = "norm1")]
    private readonly LayerNorm _norm1;
    [ComponentName(Name = "attn")]
    private readonly SelfAttention _attention;
    [ComponentName(Name = "norm2")]
    private readonly LayerNorm _norm2;
    [ComponentName(Name = "norm_cross_attn")]
    private readonly LayerNorm _unread;

    /// <summary>Creates the block.</summary>
    public TransformerBlock(UnetrOptions options)
        : base(nameof(TransformerBlock))
    {
        _mlp = new MlpBlock(options.HiddenSize, options.MlpSize, options.Dropout);
        _norm1 = nn.LayerNorm(options.HiddenSize);
        _attention = new SelfAttention(options.HiddenSize, options.Heads, options.Dropout, options.QueryBias);
        _norm2 = nn.LayerNorm(options.HiddenSize);
        _unread = nn.LayerNorm(options.HiddenSize);
        register_module("mlp", _mlp);
        register_module("norm1", _norm1);
        register_module("attn", _attention);
        register_module("norm2", _norm2);
        register_module("norm_cross_attn", _unread);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var attended = input + _attention.call(_norm1.call(input));
        return (attended + _mlp.call(_norm2.call(attended))).MoveToOuterDisposeScope();
    }
}
