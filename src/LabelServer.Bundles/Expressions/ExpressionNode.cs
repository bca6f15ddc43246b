using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>A part of a parsed expression. Its text is kept, because what is not evaluated is handed on by its text.</summary>
internal abstract record ExpressionNode(string Text)
{
    public sealed record Literal(string Text, ConfigValue Value) : ExpressionNode(Text);

    public sealed record Name(string Text) : ExpressionNode(Text);

    public sealed record Reference(string Text, string Id) : ExpressionNode(Text);

    /// <summary>An f-string: literal texts and replacement fields in order.</summary>
    public sealed record FormattedText(string Text, IReadOnlyList<FormattedPart> Parts) : ExpressionNode(Text);

    public sealed record ListDisplay(string Text, IReadOnlyList<ExpressionNode> Items) : ExpressionNode(Text);

    public sealed record TupleDisplay(string Text, IReadOnlyList<ExpressionNode> Items) : ExpressionNode(Text);

    public sealed record SetDisplay(string Text, IReadOnlyList<ExpressionNode> Items) : ExpressionNode(Text);

    /// <summary>A dictionary; an entry without key is <c>**value</c>.</summary>
    public sealed record DictDisplay(string Text, IReadOnlyList<(ExpressionNode? Key, ExpressionNode Value)> Entries) : ExpressionNode(Text);

    /// <summary>A comprehension; a dictionary's has a key too.</summary>
    public sealed record Comprehension(string Text, ComprehensionKind Kind, ExpressionNode? Key, ExpressionNode Element, IReadOnlyList<ComprehensionClause> Clauses) : ExpressionNode(Text);

    /// <summary><c>*value</c> in a display or call.</summary>
    public sealed record Starred(string Text, ExpressionNode Value) : ExpressionNode(Text);

    public sealed record Unary(string Text, string Operator, ExpressionNode Operand) : ExpressionNode(Text);

    public sealed record Binary(string Text, string Operator, ExpressionNode Left, ExpressionNode Right) : ExpressionNode(Text);

    /// <summary><c>and</c> or <c>or</c>.</summary>
    public sealed record Logical(string Text, bool IsAnd, ExpressionNode Left, ExpressionNode Right) : ExpressionNode(Text);

    /// <summary>A chain such as <c>0 &lt; a &lt;= b</c>.</summary>
    public sealed record Comparison(string Text, ExpressionNode First, IReadOnlyList<(string Operator, ExpressionNode Operand)> Rest) : ExpressionNode(Text);

    public sealed record Conditional(string Text, ExpressionNode Test, ExpressionNode Then, ExpressionNode Else) : ExpressionNode(Text);

    public sealed record Attribute(string Text, ExpressionNode Target, string Member) : ExpressionNode(Text);

    public sealed record Subscript(string Text, ExpressionNode Target, ExpressionNode Index) : ExpressionNode(Text);

    public sealed record Slice(string Text, ExpressionNode? Start, ExpressionNode? Stop, ExpressionNode? Step) : ExpressionNode(Text);

    public sealed record Call(string Text, ExpressionNode Callee, IReadOnlyList<ExpressionNode> Arguments, IReadOnlyList<(string? Name, ExpressionNode Value)> Keywords) : ExpressionNode(Text);

    public sealed record Lambda(string Text) : ExpressionNode(Text);
}
