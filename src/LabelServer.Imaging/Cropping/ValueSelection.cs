using System.Numerics;

namespace LabelServer.Imaging.Cropping;

/// <summary>Which values count as foreground: a comparison with a number.</summary>
/// <param name="Comparison">The comparison.</param>
/// <param name="Limit">The number on its right side.</param>
public readonly record struct ValueSelection(ValueComparison Comparison, double Limit)
{
    /// <summary>Greater than 0: MONAI's default.</summary>
    public static ValueSelection Positive { get; } = new(ValueComparison.Greater, 0);

    /// <summary>Whether the value is selected.</summary>
    public bool Selects<T>(T value)
        where T : unmanaged, INumber<T>
    {
        var number = double.CreateTruncating(value);
        return Comparison switch
        {
            ValueComparison.Greater => number > Limit,
            ValueComparison.GreaterOrEqual => number >= Limit,
            ValueComparison.Less => number < Limit,
            ValueComparison.LessOrEqual => number <= Limit,
            ValueComparison.Equal => number == Limit,
            _ => number != Limit,
        };
    }
}
