using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Classifiers;

/// <summary>A way around a block without weights: every n-th value, and zeros for new channels. No gradient passes through it, as in MONAI.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/resnet.py, _downsample_basic_block.</remarks>
internal sealed class ResNetShortcut(int outChannels, int stride) : nn.Module<Tensor, Tensor>(nameof(ResNetShortcut))
{
    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = Enumerable.Range(2, (int)input.dim() - 2).Aggregate(input.detach(), (t, axis) => t.slice(axis, 0, long.MaxValue, stride));
        long[] padding = [.. Enumerable.Repeat(0L, (2 * (int)input.dim()) - 3), outChannels - input.shape[1]];
        return nn.functional.pad(x, padding).MoveToOuterDisposeScope();
    }
}
