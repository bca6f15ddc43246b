using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Bends the intensities by a random monotonic piecewise linear curve (MONAI's <c>RandHistogramShiftd</c>).</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/intensity/array.py (RandHistogramShift): each inner control point is drawn between its two neighbours, in order.</remarks>
public sealed class RandHistogramShift : RandomTransform
{
    private readonly int _fewest;
    private readonly int _most;

    /// <summary>Creates the change.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="probability">How often.</param>
    /// <param name="fewest">The fewest control points, at least 3.</param>
    /// <param name="most">The most control points.</param>
    public RandHistogramShift(TransformKeys keys, double probability, int fewest = 10, int most = 10)
        : base(keys, probability)
    {
        _fewest = fewest;
        _most = most;
    }

    /// <summary>Draws control points: values from 0 to 1 at evenly spaced places.</summary>
    public double[] Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var count = random.Next(_fewest, _most + 1);
        double[] points = [.. Enumerable.Range(0, count).Select(i => i / (count - 1.0))];
        for (var i = 1; i < count - 1; i++)
        {
            points[i] = Uniform(random, points[i - 1], points[i + 1]);
        }

        return points;
    }

    /// <summary>Bends intensities in place. A constant image stays as it is.</summary>
    public static void Shift(Span<float> samples, ReadOnlySpan<double> points)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var value in samples)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        var range = (double)high - low;
        if (!(range > 0))
        {
            return;
        }

        foreach (ref var value in samples)
        {
            var place = (value - low) / range * (points.Length - 1);
            var at = Math.Clamp((int)place, 0, points.Length - 2);
            value = (float)(low + (range * (points[at] + ((points[at + 1] - points[at]) * (place - at)))));
        }
    }

    /// <inheritdoc/>
    protected override void Apply(Sample sample, TransformContext context, Random random)
    {
        var points = Draw(random);
        foreach (var (item, _) in Keys.In(sample))
        {
            Shift(item.GetFloat(context).Samples, points);
        }
    }

    internal static RandHistogramShift Create(TransformArguments arguments)
    {
        var counts = arguments.Get("num_control_points", ArgumentKinds.Integers, [10]);
        if (counts.Count is not (1 or 2) || counts.Min() < 3)
        {
            arguments.Problem("num_control_points", "needs a number or a pair, at least 3");
            counts = [10];
        }

        return new(arguments.Keys, arguments.Get("prob", ArgumentKinds.Real, 0.1), counts.Min(), counts.Max());
    }
}
