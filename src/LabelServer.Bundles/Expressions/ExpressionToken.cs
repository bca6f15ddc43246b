using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>One token of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, see the kinds.</param>
/// <param name="Start">Index of its first character.</param>
/// <param name="End">Index after its last character.</param>
/// <param name="Value">The value of a literal.</param>
internal readonly record struct ExpressionToken(ExpressionTokenKind Kind, string Text, int Start, int End, ConfigValue? Value = null)
{
    public bool Is(string text) => Text == text && Kind is ExpressionTokenKind.Operator or ExpressionTokenKind.Name && Text == text;
}
