using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>What a token is.</summary>
internal enum ExpressionTokenKind
{
    /// <summary>An identifier or keyword.</summary>
    Name,

    /// <summary>A number or a text without replacement fields; its value is in the token.</summary>
    Literal,

    /// <summary>A text with replacement fields (<c>f'…'</c>); its text is the body, not yet taken apart.</summary>
    FormattedText,

    /// <summary><c>@id</c>; its text is the id without the sign.</summary>
    Reference,

    /// <summary>An operator or a bracket.</summary>
    Operator,

    /// <summary>The end.</summary>
    End,
}

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
