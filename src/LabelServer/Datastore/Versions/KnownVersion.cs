namespace LabelServer.Datastore.Versions;

/// <summary>Which version of a label its submitter knew.</summary>
/// <param name="Id">The version; null when the submitter knew that there was none.</param>
public sealed record KnownVersion(string? Id)
{
    /// <summary>The submitter does not care: what is there is replaced.</summary>
    public static KnownVersion Any { get; } = new("*");
}
