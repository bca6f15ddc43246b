using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Classifiers;

/// <summary>The mean over all places: [N, C, X, Y(, Z)] to [N, C].</summary>
internal sealed class GlobalMean() : nn.Module<Tensor, Tensor>(nameof(GlobalMean))
{
    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var flat = input.flatten(2);
        return flat.mean([-1]);
    }
}
