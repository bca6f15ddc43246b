using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>In training, leaves out a whole branch for some samples, and scales the others up: MONAI's <c>DropPath</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/layers/drop_path.py; Huang et al. 2016, arXiv:1603.09382.</remarks>
internal sealed class StochasticDepth(double probability) : nn.Module<Tensor, Tensor>(nameof(StochasticDepth))
{
    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (!training || probability <= 0)
        {
            return input.alias();
        }

        using var scope = NewDisposeScope();
        var kept = 1 - probability;
        long[] shape = [input.shape[0], .. Enumerable.Repeat(1L, (int)input.dim() - 1)];
        var mask = empty(shape, input.dtype, input.device).bernoulli_(kept);
        return (input * (kept > 0 ? mask.div_(kept) : mask)).MoveToOuterDisposeScope();
    }
}
