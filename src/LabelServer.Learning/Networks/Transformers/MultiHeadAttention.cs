using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Scaled dot-product attention of several heads.</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762: softmax(q·kᵀ / √d + bias)·v for each head.</remarks>
internal static class MultiHeadAttention
{
    /// <summary>Applies it.</summary>
    /// <param name="projected">Queries, keys and values beside each other, each head after head: [N, tokens, 3 · heads · d].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="dropout">Applied to the weights.</param>
    /// <param name="bias">Added to the scores before the softmax, [N or 1, heads or 1, tokens, tokens]; or null.</param>
    /// <returns>[N, tokens, heads · d].</returns>
    public static Tensor Apply(Tensor projected, int heads, nn.Module<Tensor, Tensor> dropout, Tensor? bias = null)
    {
        using var scope = NewDisposeScope();
        var (count, tokens, features) = (projected.shape[0], projected.shape[1], projected.shape[2] / 3);
        var split = projected.reshape(count, tokens, 3, heads, features / heads).permute(2, 0, 3, 1, 4);
        var queries = split.select(0, 0) * (1 / Math.Sqrt(features / heads));
        var scores = queries.matmul(split.select(0, 1).transpose(-2, -1));
        var weights = dropout.call((bias is null ? scores : scores.add_(bias)).softmax(-1));
        return weights.matmul(split.select(0, 2)).transpose(1, 2).reshape(count, tokens, features).MoveToOuterDisposeScope();
    }
}
