namespace LabelServer.Bundles.Expressions;

/// <summary>A piece of an f-string: literal text, or a value with its conversion (<c>r</c>, <c>s</c> or none) and format.</summary>
internal sealed record FormattedPart(string Literal, ExpressionNode? Value, char Conversion, string Format);
