using System.Text.Json.Nodes;

namespace LabelServer.Audit;

/// <summary>What the audit log will say about a request: its action, and what its endpoint adds.</summary>
/// <remarks>Belongs to one request and is not safe to share between threads.</remarks>
public sealed class AuditTrail
{
    private const int LongestText = 1024;
    private static readonly object Key = new();

    private AuditTrail()
    {
    }

    /// <summary>The action; null while the request changes nothing worth a record.</summary>
    public string? Action { get; private set; }

    /// <summary>What was added, by name.</summary>
    public JsonObject Notes { get; } = [];

    /// <summary>The trail of a request.</summary>
    public static AuditTrail Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Items.TryGetValue(Key, out var known))
            return (AuditTrail)known!;
        var trail = new AuditTrail();
        context.Items[Key] = trail;
        return trail;
    }

    /// <summary>Says what the request does; the audit log records it from now on.</summary>
    public AuditTrail Begin(string action)
    {
        Action = action;
        return this;
    }

    /// <summary>Adds a text; of a very long one the start.</summary>
    public AuditTrail Note(string name, string? value)
    {
        Notes[name] = value is { Length: > LongestText } ? value[..LongestText] : value;
        return this;
    }
}
