using LabelServer.Hosting;

namespace LabelServer.Audit;

/// <summary>Where the audit log lies and how much of it is kept.</summary>
public sealed record AuditOptions
{
    /// <summary>The folder: <c>audit</c> in the server's own folder, or <c>LABELSERVER_AUDIT_DIR</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>The size at which a new file is begun, in bytes.</summary>
    public long SizeLimit { get; init; } = 10 * 1024 * 1024;

    /// <summary>How many full files are kept besides the current one (<c>LABELSERVER_AUDIT_FILES</c>).</summary>
    public int KeptFiles { get; init; } = 1000;

    /// <summary>The settings of a server.</summary>
    /// <exception cref="ServerOptionsException">A value is wrong.</exception>
    public static AuditOptions From(ServerOptions server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var faults = new List<string>();
        var options = new AuditOptions { Folder = server.Environment.Text("LABELSERVER_AUDIT_DIR") is { } folder ? Path.GetFullPath(folder) : FolderIn(server.StateFolder) };
        var files = server.Environment.Integer("LABELSERVER_AUDIT_FILES", options.KeptFiles, faults);
        if (files < 1)
            faults.Add($"LABELSERVER_AUDIT_FILES={files}: at least one file is kept.");
        return faults.Count == 0 ? options with { KeptFiles = files } : throw new ServerOptionsException(faults);
    }

    /// <summary>The folder inside the server's own.</summary>
    internal static string FolderIn(string stateFolder) => Path.Combine(stateFolder, "audit");
}
