using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>How the levels of a deeply supervised network are weighed (weight_mode).</summary>
public enum DeepSupervisionWeighting
{
    /// <summary>1, ½, ¼, … but at least 1/16.</summary>
    Exponential,

    /// <summary>1 for each.</summary>
    Same,

    /// <summary>1, ½, ½, ….</summary>
    Two,
}

/// <summary>The sum of one loss over the levels of a deeply supervised network; the target is shrunk to each level by nearest neighbour.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/losses/ds_loss.py. Golden: losses_more/DeepSupervisionLoss_*.</remarks>
public sealed class DeepSupervisionLoss : ISegmentationLoss
{
    private readonly ISegmentationLoss _loss;
    private readonly DeepSupervisionWeighting _weighting;
    private readonly IReadOnlyList<double>? _weights;

    /// <summary>Creates the loss.</summary>
    /// <param name="loss">The loss of each level.</param>
    /// <param name="weighting">How levels are weighed where <paramref name="weights"/> do not say.</param>
    /// <param name="weights">Weights of the levels from the finest on; used when there are enough of them.</param>
    public DeepSupervisionLoss(ISegmentationLoss loss, DeepSupervisionWeighting weighting = DeepSupervisionWeighting.Exponential, IReadOnlyList<double>? weights = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        _loss = loss;
        _weighting = weighting;
        _weights = weights;
    }

    /// <inheritdoc/>
    public ScoreActivation Activation => _loss.Activation;

    /// <inheritdoc/>
    public Tensor Forward(Tensor scores, Tensor target) => Forward([scores], target);

    /// <summary>The weighted sum over levels.</summary>
    /// <param name="levels">Scores of each level, the finest first.</param>
    /// <param name="target">As for one level, on the grid of the finest.</param>
    public Tensor Forward(IReadOnlyList<Tensor> levels, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(levels);
        ArgumentNullException.ThrowIfNull(target);
        using var scope = NewDisposeScope();
        var sum = zeros(1L, ScalarType.Float32, target.device).squeeze();
        for (var level = 0; level < levels.Count; level++)
        {
            sum += _loss.Forward(levels[level].to(ScalarType.Float32), Shrink(target, levels[level].shape)) * Weight(level, levels.Count);
        }

        return sum.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public ISegmentationLoss ForClasses(IReadOnlyList<int> kept) => new DeepSupervisionLoss(_loss.ForClasses(kept), _weighting, _weights);

    private double Weight(int level, int levels) => _weights is not null && _weights.Count >= levels
        ? _weights[level]
        : _weighting switch
        {
            DeepSupervisionWeighting.Same => 1,
            DeepSupervisionWeighting.Two => level == 0 ? 1 : 0.5,
            _ => Math.Max(Math.Pow(0.5, level), 0.0625),
        };

    /// <summary>Nearest neighbour by voxel centres (PyTorch's "nearest-exact"): the source of index i is floor((i + ½) · n / m).</summary>
    private static Tensor Shrink(Tensor target, long[] shape)
    {
        var result = target;
        for (var axis = 2; axis < shape.Length; axis++)
        {
            var (from, to) = (target.shape[axis], shape[axis]);
            if (from != to)
            {
                var places = Enumerable.Range(0, (int)to).Select(i => Math.Min(from - 1, (long)Math.Floor((i + 0.5) * from / to))).ToArray();
                result = result.index_select(axis, tensor(places, device: target.device));
            }
        }

        return result;
    }
}
