namespace LabelServer.Datastore.Disk;

/// <summary>The real disk.</summary>
/// <remarks>
/// A rename is atomic on every system; it is durable after the folder is flushed (Unix) or when it was made write-through (Windows). On macOS <c>fsync</c> does not empty the
/// drive's own cache; .NET's <see cref="RandomAccess.FlushToDisk"/> asks for that (<c>F_FULLFSYNC</c>) and is used for files.
/// </remarks>
internal sealed class LocalDisk : IStoreDisk
{
    private readonly FolderFlushes _folders = new();

    public void FlushFile(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(file);
    }

    public void FlushFolder(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            _folders.Run(path, () => FlushFolderNow(path));
        }
    }

    public void Move(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsCalls.MoveWriteThrough(from, to);
        }
        else
        {
            File.Move(from, to, overwrite: true);
        }
    }

    public void Link(string existing, string added)
    {
        var linked = OperatingSystem.IsWindows() ? WindowsCalls.TryLink(existing, added) : UnixCalls.TryLink(existing, added);
        if (!linked)
        {
            File.Copy(existing, added, overwrite: true);
            FlushFile(added);
        }
    }

    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // The folder is gone, so the file is.
        }
    }

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public void Append(FileStream file, ReadOnlySpan<byte> bytes) => file.Write(bytes);

    public void FlushAppended(FileStream file) => RandomAccess.FlushToDisk(file.SafeFileHandle);

    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    private static void FlushFolderNow(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            UnixCalls.FlushFolder(path);
        }
    }
}
