using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>Focal loss −α·(1 − p)^γ·log p of each voxel's true class.</summary>
/// <remarks>
/// Lin et al. 2017, "Focal loss for dense object detection". Source: MONAI@d388d1c6 monai/losses/focal_loss.py. As there, the sigmoid form counts a channel's
/// negative voxels too, and with softmax the background is removed before the softmax. Golden: losses_more/FocalLoss_*.
/// </remarks>
public sealed class FocalLoss : ISegmentationLoss
{
    private readonly FocalOptions _options;

    /// <summary>Creates the loss.</summary>
    /// <exception cref="LossException">A weight is negative.</exception>
    public FocalLoss(FocalOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LossShapes.RequireNotNegative(nameof(FocalLoss), "weight", options.Weights ?? []);
        _options = options;
    }

    /// <inheritdoc/>
    public ScoreActivation Activation => _options.Softmax ? ScoreActivation.Softmax : ScoreActivation.Sigmoid;

    /// <inheritdoc/>
    public Tensor Forward(Tensor scores, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(target);
        LossShapes.Require(scores, target, nameof(FocalLoss));
        using var scope = NewDisposeScope();
        var classes = scores.shape[1];
        var planes = _options.ToOneHot && target.shape[1] == 1 && classes > 1
            ? LossShapes.OneHot(target, classes, ScalarType.Float32, nameof(FocalLoss))
            : target.to(ScalarType.Float32);
        if (planes.shape[1] != classes)
        {
            throw new LossException($"FocalLoss: the target holds class indices for {classes} classes; set to_onehot_y, or give one plane per class.");
        }

        var counted = scores.to(ScalarType.Float32);
        if (!_options.IncludeBackground && classes > 1)
        {
            counted = counted.narrow(1, 1, classes - 1);
            planes = planes.narrow(1, 1, classes - 1);
        }

        var loss = _options.Softmax ? SoftmaxTerms(counted, planes) : SigmoidTerms(counted, planes);
        loss = Weigh(loss);
        if (_options.Reduction == LossReduction.Sum)
        {
            loss = loss.flatten(2).mean([2]);
        }

        return LossShapes.Reduce(loss, _options.Reduction).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public ISegmentationLoss ForClasses(IReadOnlyList<int> kept) =>
        _options.Weights is null ? this : new FocalLoss(_options with { Weights = LossShapes.Select(_options.Weights, kept, _options.IncludeBackground) });

    private Tensor SoftmaxTerms(Tensor scores, Tensor planes)
    {
        var log = scores.log_softmax(1);
        var loss = -(1 - log.exp()).pow(_options.Gamma) * log * planes;
        if (_options.Alpha is not { } alpha || !_options.IncludeBackground)
        {
            return loss;
        }

        // The background has 1 - alpha, every other class alpha.
        var factors = full(new[] { scores.shape[1] }, alpha, ScalarType.Float32, scores.device);
        factors[0] = (float)(1 - alpha);
        return loss * AlongClasses(factors, loss);
    }

    private Tensor SigmoidTerms(Tensor scores, Tensor planes)
    {
        // log sigmoid is taken of the scores themselves: exponentials of large scores would overflow.
        var entropy = scores - (scores * planes) - nn.functional.logsigmoid(scores);
        var wrong = nn.functional.logsigmoid(-scores * ((planes * 2) - 1));
        var loss = (wrong * _options.Gamma).exp() * entropy;
        return _options.Alpha is { } alpha ? loss * ((planes * alpha) + ((1 - planes) * (1 - alpha))) : loss;
    }

    private Tensor Weigh(Tensor loss)
    {
        var classes = loss.shape[1];
        return classes > 1 && LossShapes.Weights(_options.Weights, classes, loss, nameof(FocalLoss)) is { } weights ? loss * AlongClasses(weights, loss) : loss;
    }

    private static Tensor AlongClasses(Tensor values, Tensor like)
    {
        var shape = Enumerable.Repeat(1L, (int)like.dim()).ToArray();
        shape[1] = -1;
        return values.reshape(shape);
    }
}
