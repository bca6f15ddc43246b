namespace LabelServer.Bundles.Expressions;

/// <summary>A <c>$</c> expression is refused or cannot be evaluated: not Python, outside the supported subset, over a bound, or wrong in itself (a division by zero).</summary>
/// <remarks>A resolver turns it into an <see cref="UnsupportedExpression"/> with the bundle and the key; it comes out only where an expression is evaluated on its own.</remarks>
public sealed class ExpressionException(string message) : BundleException(message);
