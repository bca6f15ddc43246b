using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Attention of all tokens to all tokens: MONAI's <c>SABlock</c>. State keys: <c>out_proj</c>, <c>qkv</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/selfattention.py.</remarks>
internal sealed class SelfAttention : nn.Module<Tensor, Tensor>
{
    private readonly int _heads;
    [ComponentName(Name = "out_proj")]
    private readonly Linear _out;
    [ComponentName(Name = "qkv")]
    private readonly Linear _in;
    [ComponentName(Name = "drop_output")]
    private readonly Dropout _outDropout;
    [ComponentName(Name = "drop_weights")]
    private readonly Dropout _weightDropout;

    /// <summary>Creates the layer.</summary>
    /// <param name="features">Features of a token; divisible by the heads.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="dropout">The share of values that dropout clears.</param>
    /// <param name="bias">Whether queries, keys and values have a bias.</param>
    public SelfAttention(int features, int heads, double dropout, bool bias)
        : base(nameof(SelfAttention))
    {
        _heads = heads;
        _out = nn.Linear(features, features);
        _in = nn.Linear(features, 3 * features, hasBias: bias);
        _outDropout = nn.Dropout(dropout);
        _weightDropout = nn.Dropout(dropout);
        register_module("out_proj", _out);
        register_module("qkv", _in);
        register_module("drop_output", _outDropout);
        register_module("drop_weights", _weightDropout);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var attended = MultiHeadAttention.Apply(_in.call(input), _heads, _weightDropout);
        return _outDropout.call(_out.call(attended)).MoveToOuterDisposeScope();
    }
}
