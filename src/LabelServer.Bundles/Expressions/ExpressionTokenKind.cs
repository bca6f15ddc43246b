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
