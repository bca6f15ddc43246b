using System.Runtime.CompilerServices;

namespace LabelServer.Bundles.Expressions;

/// <summary>Counts the work and the size of one evaluation, so that <c>'a' * 10**9</c> or nested ranges end with an error instead of the process.</summary>
internal sealed class ExpressionBudget(ExpressionLimits limits)
{
    private int _depth;
    private long _steps;
    private long _produced;

    /// <summary>Enters one level; call <see cref="Leave"/> on the way out.</summary>
    public void Enter()
    {
        Step();
        if (++_depth > limits.Depth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new ExpressionException($"it is nested more than {limits.Depth} levels deep");
        }
    }

    public void Leave() => _depth--;

    public void Step(long count = 1)
    {
        _steps += count;
        if (_steps > limits.Steps)
        {
            throw new ExpressionException($"it takes more than {limits.Steps} steps");
        }
    }

    /// <summary>Charges items or characters before they are made.</summary>
    public void Produce(long count)
    {
        if (count > limits.Produced || (_produced += count) > limits.Produced)
        {
            throw new ExpressionException($"it makes more than {limits.Produced} items or characters");
        }
    }
}
