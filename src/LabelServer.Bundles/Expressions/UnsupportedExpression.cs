namespace LabelServer.Bundles.Expressions;

/// <summary>An expression of a bundle that is not evaluated, with all that a person needs to find it.</summary>
/// <param name="Bundle">The bundle's name.</param>
/// <param name="Key">The id in the config, such as <c>dataset::data</c>.</param>
/// <param name="Expression">The text, without the leading <c>$</c>.</param>
/// <param name="Reason">Why, in one sentence.</param>
public sealed record UnsupportedExpression(string Bundle, string Key, string Expression, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"bundle '{Bundle}', key '{Key}': '${Expression}' is not evaluated: {Reason}";
}
