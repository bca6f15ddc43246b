namespace LabelServer.Learning.Schedulers;

/// <summary>Lowers the rate when a metric has stopped getting better.</summary>
/// <remarks>
/// Source: PyTorch's ReduceLROnPlateau. The state is the list of observed metrics: feeding them again gives the same rates, so a resumed run observes those in its
/// history first.
/// </remarks>
public sealed class ReduceOnPlateau : ILearningRateSchedule
{
    private readonly PlateauOptions _options;
    private readonly List<double> _rates;
    private double _best;
    private int _bad;
    private int _cooldown;

    /// <summary>Creates the schedule.</summary>
    public ReduceOnPlateau(PlateauOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _rates = [options.InitialRate];
        _best = options.LargerIsBetter ? double.NegativeInfinity : double.PositiveInfinity;
    }

    /// <inheritdoc/>
    /// <remarks>Steps that were not observed yet have the last known rate.</remarks>
    public double RateAt(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return _rates[Math.Min(step, _rates.Count - 1)];
    }

    /// <inheritdoc/>
    public void Observe(double metric)
    {
        if (IsBetter(metric))
        {
            _best = metric;
            _bad = 0;
        }
        else
        {
            _bad++;
        }

        if (_cooldown > 0)
        {
            _cooldown--;
            _bad = 0;
        }

        var rate = _rates[^1];
        if (_bad > _options.Patience)
        {
            var lower = Math.Max(rate * _options.Factor, _options.MinimumRate);
            rate = rate - lower > _options.SmallestChange ? lower : rate;
            _cooldown = _options.Cooldown;
            _bad = 0;
        }

        _rates.Add(rate);
    }

    private bool IsBetter(double metric) => (_options.LargerIsBetter, _options.AbsoluteThreshold) switch
    {
        (false, false) => metric < _best * (1 - _options.Threshold),
        (false, true) => metric < _best - _options.Threshold,
        (true, false) => metric > _best * (1 + _options.Threshold),
        (true, true) => metric > _best + _options.Threshold,
    };
}
