using System.Globalization;

namespace LabelServer.Audit;

/// <summary>The file of the audit log: lines are only ever added. At a size it gets the name <c>audit-TIME.jsonl</c> and a new one is begun; beyond a number of files the oldest are removed.</summary>
/// <remarks>One writer at a time. What was written is on the disk when <see cref="Append"/> returns.</remarks>
internal sealed class AuditFile(string folder, long sizeLimit, int keptFiles, TimeProvider time) : IDisposable
{
    private const string Name = "audit.jsonl";
    private FileStream? _file;

    /// <summary>The file that is written to.</summary>
    public string FilePath => Path.Combine(folder, Name);

    /// <summary>Adds whole lines.</summary>
    /// <param name="lines">UTF-8, each with its line break.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        try
        {
            _file ??= Open();
            if (_file.Length > 0 && _file.Length + lines.Length > sizeLimit)
                Rotate();
            _file.Write(lines);
            _file.Flush(flushToDisk: true);
        }
        catch
        {
            // The next call starts afresh: the folder may have been removed, or the disk may have room again.
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(FilePath, options);
        EndLastLine(file);
        return file;
    }

    // After a failure of power the last line may lack its end; what comes next must not be glued to it.
    private static void EndLastLine(FileStream file)
    {
        if (file.Length == 0)
            return;
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n')
            file.WriteByte((byte)'\n');
    }

    private void Rotate()
    {
        Dispose();
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);
        var old = Path.Combine(folder, $"audit-{stamp}.jsonl");
        for (var n = 2; File.Exists(old); n++)
            old = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"audit-{stamp}-{n}.jsonl"));
        File.Move(FilePath, old);
        foreach (var surplus in Directory.GetFiles(folder, "audit-*.jsonl").Order(StringComparer.Ordinal).SkipLast(keptFiles))
            File.Delete(surplus);
        _file = Open();
    }
}
