using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Two linear layers with GELU between them: MONAI's <c>MLPBlock</c>. State keys: <c>linear1</c>, <c>linear2</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/mlp.py. Its dropout modes vit and swin give the same numbers.</remarks>
internal sealed class MlpBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "linear1")]
    private readonly Linear _widen;
    [ComponentName(Name = "linear2")]
    private readonly Linear _narrow;
    [ComponentName(Name = "drop1")]
    private readonly Dropout _dropout;

    /// <summary>Creates the block.</summary>
    /// <param name="features">Features in and out.</param>
    /// <param name="hidden">Features between the layers.</param>
    /// <param name="dropout">The share of values that dropout clears after each layer.</param>
    public MlpBlock(int features, int hidden, double dropout)
        : base(nameof(MlpBlock))
    {
        _widen = nn.Linear(features, hidden);
        _narrow = nn.Linear(hidden, features);
        _dropout = nn.Dropout(dropout);
        register_module("linear1", _widen);
        register_module("linear2", _narrow);
        register_module("drop1", _dropout);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = _dropout.call(nn.functional.gelu(_widen.call(input)));
        return _dropout.call(_narrow.call(hidden)).MoveToOuterDisposeScope();
    }
}
