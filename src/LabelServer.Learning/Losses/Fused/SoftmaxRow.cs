using System.Numerics.Tensors;

namespace LabelServer.Learning.Losses.Fused;

/// <summary>The probabilities of one voxel and what its own class makes of them. Numbers are right also where a probability is too small for a float32.</summary>
internal readonly ref struct SoftmaxRow
{
    // Below it the sum of merged probabilities is taken from the scores.
    private const float Tiny = 1e-30f;
    private readonly ReadOnlySpan<float> _shifted;
    private readonly double _logSum;

    private SoftmaxRow(ReadOnlySpan<float> shifted, double logSum)
    {
        _shifted = shifted;
        _logSum = logSum;
    }

    /// <summary>Turns scores into probabilities, in place.</summary>
    /// <param name="scores">The voxel's scores.</param>
    /// <param name="shifted">Room for as many numbers: the scores less the largest.</param>
    public static SoftmaxRow Activate(Span<float> scores, Span<float> shifted)
    {
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), shifted);
        TensorPrimitives.Exp<float>(shifted, scores);
        var sum = TensorPrimitives.Sum<float>(scores);
        TensorPrimitives.Multiply(scores, 1 / sum, scores);
        return new(shifted, Math.Log(sum));
    }

    /// <summary>The probability of the voxel's class and its logarithm.</summary>
    /// <param name="probabilities">The probabilities.</param>
    /// <param name="own">The class.</param>
    /// <param name="merge">What counts as background.</param>
    public (float Probability, double Logarithm) Of(ReadOnlySpan<float> probabilities, int own, ClassMerge merge)
    {
        if (own != 0 || merge.Unlisted is not { } unlisted)
        {
            return (probabilities[own], _shifted[own] - _logSum);
        }

        var sum = 0f;
        foreach (var channel in unlisted)
        {
            sum += probabilities[channel];
        }

        return (sum, sum > Tiny ? Math.Log(sum) : Largest(unlisted) + Math.Log(Relative(unlisted, Largest(unlisted))) - _logSum);
    }

    /// <summary>The part that a class has in its merged class's probability.</summary>
    public double Share(ReadOnlySpan<float> probabilities, int channel, float merged, int[] unlisted) =>
        merged > Tiny ? probabilities[channel] / merged : Math.Exp(_shifted[channel] - Largest(unlisted)) / Relative(unlisted, Largest(unlisted));

    private float Largest(int[] channels)
    {
        var largest = float.NegativeInfinity;
        foreach (var channel in channels)
        {
            largest = Math.Max(largest, _shifted[channel]);
        }

        return largest;
    }

    private double Relative(int[] channels, float largest)
    {
        var sum = 0.0;
        foreach (var channel in channels)
        {
            sum += Math.Exp(_shifted[channel] - largest);
        }

        return sum;
    }
}
