namespace LabelServer.State;

/// <summary>Where the state database lies.</summary>
/// <param name="Folder">Its folder, absolute; created when it is missing.</param>
/// <param name="Owner">The studies folder that the database belongs to, where the folder does not say it: then a database of other studies is refused. Null: not looked at.</param>
internal sealed record StateOptions(string Folder, string? Owner = null)
{
    /// <summary>The database's file.</summary>
    public string File => Path.Combine(Folder, "state.db");
}
