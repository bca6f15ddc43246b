using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>The soft counts that overlap losses are made of: for each sample and class the sum of probability × target, of probability and of target.</summary>
/// <remarks>
/// <para>For class indices the product is gathered at each voxel's own class and added up by class, so that no plane per class is made of the target: with 105
/// classes a one-hot target would be as large as the scores.</para>
/// <para>Source: MONAI@d388d1c6 monai/losses/utils.py (compute_tp_fp_fn). With order 2 MONAI goes through vector norms, (‖p‖² + ‖t‖² − ‖p − t‖²) / 2, which is the sum of p·t;
/// with soft labels it uses the 1-norm instead, which differs from p·t for targets between 0 and 1.</para>
/// </remarks>
internal readonly struct Overlap
{
    private Overlap(Tensor product, Tensor probability, Tensor target)
    {
        TruePositive = product;
        Probability = probability;
        Target = target;
    }

    /// <summary>Soft true positives, [N, C], or [C] when the batch is summed.</summary>
    public Tensor TruePositive { get; }

    /// <summary>The sum of the probabilities (of their squares for order 2).</summary>
    public Tensor Probability { get; }

    /// <summary>The sum of the target.</summary>
    public Tensor Target { get; }

    /// <summary>Soft false positives.</summary>
    public Tensor FalsePositive => Probability - TruePositive;

    /// <summary>Soft false negatives.</summary>
    public Tensor FalseNegative => Target - TruePositive;

    /// <summary>Counts.</summary>
    /// <param name="probabilities">[N, C, …] after activation.</param>
    /// <param name="target">[N, 1, …] class indices or [N, C, …] planes.</param>
    /// <param name="options">Background, batch, order, soft labels.</param>
    /// <param name="loss">The loss's name, for messages.</param>
    /// <remarks>The results belong to the caller's dispose scope.</remarks>
    public static Overlap Count(Tensor probabilities, Tensor target, OverlapOptions options, string loss)
    {
        var classes = probabilities.shape[1];
        var byIndex = options.ToOneHot && target.shape[1] == 1 && classes > 1;
        if (!byIndex && target.shape[1] != classes)
        {
            throw new LossException($"{loss}: the target holds class indices for {classes} classes; set to_onehot_y, or give one plane per class.");
        }

        var counted = byIndex ? CountIndices(probabilities, target, options, loss) : CountPlanes(probabilities, target.to(probabilities.dtype), options);
        if (!options.IncludeBackground && classes > 1)
        {
            counted = counted.Map(t => t.narrow(1, 1, classes - 1));
        }

        return options.Batch ? counted.Map(t => t.sum([0L])) : counted;
    }

    private static Overlap CountIndices(Tensor probabilities, Tensor target, OverlapOptions options, string loss)
    {
        var (samples, classes) = (probabilities.shape[0], probabilities.shape[1]);
        var flat = probabilities.reshape(samples, classes, -1);
        var indices = LossShapes.Indices(target, classes, loss).reshape(samples, 1, -1);
        var own = flat.gather(1, indices).squeeze(1);
        var places = indices.squeeze(1);
        var zero = zeros(new[] { samples, classes }, probabilities.dtype, probabilities.device);
        return new(
            zero.scatter_add(1, places, own),
            (options.Squared ? flat.square() : flat).sum(2),
            zero.scatter_add(1, places, ones_like(own)));
    }

    private static Overlap CountPlanes(Tensor probabilities, Tensor target, OverlapOptions options)
    {
        var (samples, classes) = (probabilities.shape[0], probabilities.shape[1]);
        var p = probabilities.reshape(samples, classes, -1);
        var t = target.reshape(samples, classes, -1);
        if (options.Squared)
        {
            return new((p * t).sum(2), p.square().sum(2), t.square().sum(2));
        }

        if (!options.SoftLabel)
        {
            return new((p * t).sum(2), p.sum(2), t.sum(2));
        }

        var (sumP, sumT) = (p.abs().sum(2), t.abs().sum(2));
        return new((sumP + sumT - (p - t).abs().sum(2)) / 2, sumP, sumT);
    }

    private Overlap Map(Func<Tensor, Tensor> map) => new(map(TruePositive), map(Probability), map(Target));
}
