namespace LabelServer.Audit;

/// <summary>Marks an endpoint whose uses the audit log records.</summary>
/// <param name="Name">The action, such as <c>label.save</c>.</param>
internal sealed record AuditedAction(string Name);
