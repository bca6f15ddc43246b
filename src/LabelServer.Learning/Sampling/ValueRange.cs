using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>A range from which a number is drawn evenly.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct ValueRange(double Low, double High)
{
    /// <summary>Draws a number.</summary>
    public double Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Low + ((High - Low) * random.NextDouble());
    }

    /// <summary>Reads a number f, which means −f to f, or a pair.</summary>
    internal static ValueRange Symmetric(TransformArguments arguments, string name, double fallback) => Read(arguments, name, -fallback, fallback, f => (-f, f));

    /// <summary>Reads a pair, or a number that <paramref name="single"/> turns into one.</summary>
    internal static ValueRange Read(TransformArguments arguments, string name, double low, double high, Func<double, (double Low, double High)> single)
    {
        var values = arguments.Get(name, ArgumentKinds.Reals, [low, high]);
        switch (values)
        {
            case [var one]:
                var (a, b) = single(one);
                return new(Math.Min(a, b), Math.Max(a, b));
            case [var first, var second]:
                return new(Math.Min(first, second), Math.Max(first, second));
            default:
                arguments.Problem(name, $"has {values.Count} values; it needs a number or a pair");
                return new(low, high);
        }
    }
}
