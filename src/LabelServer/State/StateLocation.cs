using LabelServer.Hosting;

namespace LabelServer.State;

/// <summary>Chooses the folder of the state database: <c>--state DIR</c>, else the server's own folder in the studies, else, where that is on a network drive, a folder of this user on this machine.</summary>
/// <remarks>
/// SQLite's write-ahead log is kept in memory that processes share, which network file systems do not have: https://www.sqlite.org/wal.html, "all processes using a database must be on the same host computer".
/// </remarks>
internal static class StateLocation
{
    // What .NET reports as fixed or unknown although another machine or the host of a virtual machine holds the files.
    private static readonly string[] RemoteFormats = ["9p", "vboxsf", "prl_fs", "sshfs", "fuse.sshfs", "virtiofs", "davfs", "glusterfs", "beegfs", "lustre", "ceph"];

    /// <summary>The place for a server's options.</summary>
    /// <param name="options">The server's options.</param>
    /// <param name="isRemote">Tells whether a folder that exists lies on another machine; null: asks the system.</param>
    public static StateOptions For(ServerOptions options, Func<string, bool>? isRemote = null)
    {
        if (options.DatabaseFolder is { } chosen)
            return new StateOptions(chosen, options.StudiesFolder);
        return (isRemote ?? IsRemote)(Existing(options.StateFolder)) ? new StateOptions(options.LocalStateFolder) : new StateOptions(options.StateFolder);
    }

    private static string Existing(string folder)
    {
        var path = folder;
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent)
            path = parent;
        return path;
    }

    private static bool IsRemote(string folder)
    {
        // \\server\share has no drive; \\?\ and \\.\ only introduce a local path.
        if (OperatingSystem.IsWindows() && folder.StartsWith(@"\\", StringComparison.Ordinal))
            return !folder.StartsWith(@"\\?\", StringComparison.Ordinal) && !folder.StartsWith(@"\\.\", StringComparison.Ordinal);
        try
        {
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder);
            return drive.DriveType == DriveType.Network || RemoteFormats.Contains(drive.DriveFormat, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A drive that does not say what it is: a local folder is right for either kind.
            return true;
        }
    }
}
