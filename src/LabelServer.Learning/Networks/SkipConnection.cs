using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>The input with the submodule's result beside it, along the channels: MONAI's <c>SkipConnection</c>. State key: <c>submodule</c>.</summary>
public sealed class SkipConnection : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "submodule")]
    private readonly nn.Module<Tensor, Tensor> _submodule;

    /// <summary>Takes over the submodule.</summary>
    public SkipConnection(nn.Module<Tensor, Tensor> submodule)
        : base(nameof(SkipConnection))
    {
        ArgumentNullException.ThrowIfNull(submodule);
        _submodule = submodule;
        register_module("submodule", submodule);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var below = _submodule.call(input);
        return cat([input, below], 1);
    }
}
