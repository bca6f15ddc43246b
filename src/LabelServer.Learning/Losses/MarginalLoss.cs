using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>Lets a loss learn from labels that list only some of the classes: what was not annotated is merged with the background.</summary>
/// <remarks>
/// <para>A voxel marked 0 in such a label may be background or any class that nobody marked. The probability of "0" is therefore the sum of the probabilities of
/// background and unlisted classes. With softmax that sum is the softmax of a merged score, the log of the summed exponentials of those scores, so any loss with softmax
/// becomes its marginal form by merging channels. The gradient of an unlisted class u is that of the merged score times exp(s_u − merged): the network may move
/// probability freely between background and u. With sigmoid the classes are independent and unlisted channels are simply left out.</para>
/// <para>Source: G. Shi, L. Xiao, Y. Chen, S. K. Zhou, "Marginal loss and exclusion loss for partially supervised multi-organ segmentation", Medical Image Analysis 70 (2021) 101979.</para>
/// </remarks>
public sealed class MarginalLoss
{
    private readonly ISegmentationLoss _loss;

    /// <summary>Creates the loss.</summary>
    /// <param name="loss">The loss for complete labels; it takes class indices or planes.</param>
    public MarginalLoss(ISegmentationLoss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        _loss = loss;
    }

    /// <summary>The mean loss of the samples.</summary>
    /// <param name="scores">[N, C, …].</param>
    /// <param name="target">[N, 1, …] class indices, or [N, C, …] planes.</param>
    /// <param name="listed">For each sample, whether class c was annotated ([C]; class 0 is ignored), or null for a complete label.</param>
    /// <exception cref="LossException">The shapes do not belong together, or a target holds a class that is not listed.</exception>
    public Tensor Forward(Tensor scores, Tensor target, IReadOnlyList<bool[]?> listed)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(listed);
        if (listed.All(l => l is null || l.AsSpan(1).IndexOf(false) < 0))
        {
            return _loss.Forward(scores, target);
        }

        LossShapes.Require(scores, target, nameof(MarginalLoss));
        using var scope = NewDisposeScope();
        var sum = zeros(1L, ScalarType.Float32, scores.device).squeeze();
        for (var sample = 0; sample < listed.Count; sample++)
        {
            var (s, t) = (scores.narrow(0, sample, 1), target.narrow(0, sample, 1));
            sum += listed[sample] is { } classes ? ForwardPartial(s, t, classes) : _loss.Forward(s, t);
        }

        return (sum / listed.Count).MoveToOuterDisposeScope();
    }

    private Tensor ForwardPartial(Tensor scores, Tensor target, bool[] listed)
    {
        var classes = scores.shape[1];
        if (listed.Length != classes)
        {
            throw new LossException($"MarginalLoss: {listed.Length} classes are marked as listed or not, the network has {classes}.");
        }

        var exclusive = _loss.Activation == ScoreActivation.Softmax;
        int[] kept = [.. Enumerable.Range(0, (int)classes).Where(c => listed[c] || (c == 0 && exclusive))];
        if (kept.Length == (int)classes)
        {
            return _loss.Forward(scores, target);
        }

        if (kept.Length == (exclusive ? 1 : 0))
        {
            throw new LossException("MarginalLoss: a label lists no class of the network; leave the image out.");
        }

        var restricted = _loss.ForClasses(kept);
        return exclusive
            ? restricted.Forward(Merge(scores, kept), Renumber(target, kept, classes))
            : restricted.Forward(Pick(scores, kept), target.shape[1] == classes ? Pick(target, kept) : Renumber(target, kept, classes));
    }

    private static Tensor Merge(Tensor scores, int[] kept)
    {
        var merged = Enumerable.Range(0, (int)scores.shape[1]).Where(c => c == 0 || !kept.Contains(c)).ToArray();
        return cat([Pick(scores, merged).logsumexp(1, keepdim: true), Pick(scores, kept[1..])], 1);
    }

    private static Tensor Pick(Tensor planes, int[] channels) => planes.index_select(1, tensor(Array.ConvertAll(channels, c => (long)c), device: planes.device));

    private static Tensor Renumber(Tensor target, int[] kept, long classes)
    {
        if (target.shape[1] == classes)
        {
            return Pick(target, kept);
        }

        var ranks = Enumerable.Repeat(-1L, (int)classes).ToArray();
        for (var rank = 0; rank < kept.Length; rank++)
        {
            ranks[kept[rank]] = rank;
        }

        var indices = LossShapes.Indices(target, classes, nameof(MarginalLoss));
        var renumbered = tensor(ranks, device: target.device).index_select(0, indices.flatten()).reshape(target.shape);
        if (renumbered.min().item<long>() < 0)
        {
            throw new LossException("MarginalLoss: a label holds a class that it does not list.");
        }

        return renumbered;
    }
}
