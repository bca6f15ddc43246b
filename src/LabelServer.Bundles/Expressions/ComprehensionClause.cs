namespace LabelServer.Bundles.Expressions;

/// <summary><c>for targets in source if conditions</c>. A single target without comma is not unpacked.</summary>
internal sealed record ComprehensionClause(IReadOnlyList<string> Targets, bool Unpacks, ExpressionNode Source, IReadOnlyList<ExpressionNode> Conditions);
