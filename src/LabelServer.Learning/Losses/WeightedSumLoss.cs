using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>Two losses added with factors: Dice + cross entropy, Dice + focal, generalised Dice + focal.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/losses/dice.py (DiceCELoss, DiceFocalLoss, GeneralizedDiceFocalLoss): each is such a sum.</remarks>
public sealed class WeightedSumLoss : ISegmentationLoss
{
    private readonly ISegmentationLoss _first;
    private readonly ISegmentationLoss _second;
    private readonly double _firstFactor;
    private readonly double _secondFactor;

    /// <summary>Creates the sum.</summary>
    /// <param name="name">The name that messages use, such as <c>DiceCELoss</c>.</param>
    /// <param name="first">The overlap loss; its activation is that of the sum.</param>
    /// <param name="firstFactor">Its factor (lambda_dice, lambda_gdl), not negative.</param>
    /// <param name="second">The voxel-wise loss.</param>
    /// <param name="secondFactor">Its factor (lambda_ce, lambda_focal), not negative.</param>
    /// <exception cref="LossException">A factor is negative.</exception>
    public WeightedSumLoss(string name, ISegmentationLoss first, double firstFactor, ISegmentationLoss second, double secondFactor)
    {
        LossShapes.RequireNotNegative(name, "lambda", firstFactor, secondFactor);
        Name = name;
        _first = first;
        _second = second;
        _firstFactor = firstFactor;
        _secondFactor = secondFactor;
    }

    /// <summary>The name that messages use.</summary>
    public string Name { get; }

    /// <summary>The overlap loss and its factor.</summary>
    internal (ISegmentationLoss Loss, double Factor) First => (_first, _firstFactor);

    /// <summary>The voxel-wise loss and its factor.</summary>
    internal (ISegmentationLoss Loss, double Factor) Second => (_second, _secondFactor);

    /// <inheritdoc/>
    public ScoreActivation Activation => _first.Activation;

    /// <inheritdoc/>
    public Tensor Forward(Tensor scores, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(target);
        LossShapes.Require(scores, target, Name);
        using var scope = NewDisposeScope();
        return ((_first.Forward(scores, target) * _firstFactor) + (_second.Forward(scores, target) * _secondFactor)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public ISegmentationLoss ForClasses(IReadOnlyList<int> kept) =>
        new WeightedSumLoss(Name, _first.ForClasses(kept), _firstFactor, _second.ForClasses(kept), _secondFactor);
}
