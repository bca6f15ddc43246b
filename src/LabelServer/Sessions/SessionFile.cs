namespace LabelServer.Sessions;

/// <summary>One file of a session's image.</summary>
/// <param name="Name">Its name, relative to the image's folder.</param>
/// <param name="LocalPath">Where it lies. Never goes to a client of another machine.</param>
public sealed record SessionFile(string Name, string LocalPath)
{
    /// <summary>Opens the bytes for reading.</summary>
    public FileStream OpenRead() => new(LocalPath, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
}
