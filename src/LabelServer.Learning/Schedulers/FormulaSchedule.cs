namespace LabelServer.Learning.Schedulers;

/// <summary>A schedule that depends on the step alone.</summary>
public sealed class FormulaSchedule : ILearningRateSchedule
{
    private readonly Func<int, double> _rate;

    /// <summary>Creates a schedule.</summary>
    /// <param name="rate">The rate of a step counted from 0.</param>
    public FormulaSchedule(Func<int, double> rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        _rate = rate;
    }

    /// <inheritdoc/>
    public double RateAt(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return _rate(step);
    }

    /// <inheritdoc/>
    public void Observe(double metric)
    {
    }
}
