namespace LabelServer.Bundles.Expressions;

/// <summary>Bounds for one expression.</summary>
/// <remarks>The longest expression of MONAI's model zoo has 252 characters; the largest value one makes has 8500 items.</remarks>
public sealed record ExpressionLimits
{
    /// <summary>The bounds used when none are given.</summary>
    public static ExpressionLimits Default { get; } = new();

    /// <summary>Longest text, in characters. Default 8192.</summary>
    public int Length { get; init; } = 8192;

    /// <summary>Deepest nesting of parentheses, operators and calls. Default 64.</summary>
    public int Depth { get; init; } = 64;

    /// <summary>Most evaluation steps. Default 1 000 000.</summary>
    public int Steps { get; init; } = 1_000_000;

    /// <summary>Most items and characters that may be made on the way, all values together. Default 1 000 000.</summary>
    public int Produced { get; init; } = 1_000_000;
}
