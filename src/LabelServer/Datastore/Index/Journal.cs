using LabelServer.Datastore.Disk;

namespace LabelServer.Datastore.Index;

/// <summary>The append-only file that makes changes durable before they are answered.</summary>
/// <remarks>It begins with a line for every image at the time it was started, so that it can give back a whole index that was lost. Not safe to share between threads, but for <see cref="Flush"/>.</remarks>
internal sealed class Journal : IDisposable
{
    private readonly string _path;
    private readonly IStoreDisk _disk;
    private readonly SharedFlush _flush = new();
    private FileStream? _file;

    private Journal(string path, IStoreDisk disk)
    {
        _path = path;
        _disk = disk;
    }

    /// <summary>The length in bytes.</summary>
    public long Length => _file?.Length ?? 0;

    /// <summary>Reads what a journal holds.</summary>
    /// <param name="path">The file; absence is an empty journal.</param>
    /// <param name="after">Entries up to this sequence number are left out.</param>
    public static JournalContent Read(string path, long after)
    {
        var entries = new List<JournalEntry>();
        if (!File.Exists(path))
        {
            return new(entries, 0, 0, 0);
        }

        var bytes = File.ReadAllBytes(path).AsMemory();
        long last = 0;
        var damaged = 0;
        var end = 0;
        for (var start = 0; start < bytes.Length;)
        {
            var length = bytes.Span[start..].IndexOf((byte)'\n');
            if (length < 0)
            {
                // The last line has no end: the process died while it was written, before anything was answered.
                break;
            }

            // The check of a line that is not asked for is left out: of ten thousand lines it takes longer than all else here.
            var line = bytes.Slice(start, length);
            if (JournalEntry.ClaimedSequence(line.Span) is { } claimed && (claimed <= after || JournalEntry.IsSound(line.Span)))
            {
                last = Math.Max(last, claimed);
                if (claimed > after)
                {
                    entries.Add(JournalEntry.Parse(line));
                }

                end = start + length + 1;
            }
            else
            {
                damaged++;
            }

            start += length + 1;
        }

        return new(entries, last, end, damaged);
    }

    /// <summary>Opens a journal for appending, cut to the part that is sound.</summary>
    public static Journal Open(string path, long soundLength, IStoreDisk disk)
    {
        var journal = new Journal(path, disk);
        journal.OpenFile();
        if (journal._file!.Length > soundLength)
        {
            journal._file.SetLength(soundLength);
        }

        journal._file.Seek(0, SeekOrigin.End);
        return journal;
    }

    /// <summary>Starts a journal anew with these entries, in place of the old one in one step.</summary>
    public static Journal Start(string path, IEnumerable<JournalEntry> entries, IStoreDisk disk)
    {
        var journal = new Journal(path, disk);
        journal.Restart(entries);
        return journal;
    }

    /// <summary>Appends a line. It outlives this process at once, a power cut only after <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">The disk refused; the journal is as before.</exception>
    public void Append(ReadOnlySpan<byte> line)
    {
        var before = _file!.Length;
        try
        {
            _disk.Append(_file, line);
        }
        catch (IOException)
        {
            // Half a line at the end would hide the next one.
            CutTo(before);
            throw;
        }
    }

    /// <summary>Waits until the lines that were appended before this call are on the disk. Those who wait at the same time share one flush. Must not run beside <see cref="Restart"/>.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Flush() => _flush.Run(() => _disk.FlushAppended(_file!));

    /// <summary>Cuts off what was appended last.</summary>
    public void CutTo(long length)
    {
        _file!.SetLength(length);
        _file.Seek(0, SeekOrigin.End);
        _file.Flush(flushToDisk: true);
    }

    /// <summary>Replaces the whole journal by these entries in one step.</summary>
    public void Restart(IEnumerable<JournalEntry> entries)
    {
        var buffer = new MemoryStream();
        foreach (var entry in entries)
        {
            buffer.Write(entry.ToLine());
        }

        var fresh = _path + ".new";
        _disk.Write(fresh, buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        _file?.Dispose();
        _file = null;
        try
        {
            _disk.Move(fresh, _path);
            _disk.FlushFolder(Path.GetDirectoryName(_path)!);
        }
        finally
        {
            OpenFile();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void OpenFile()
    {
        // Unbuffered: what Append has written must be with the system, not in this process.
        _file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        _file.Seek(0, SeekOrigin.End);
    }
}

/// <summary>What a journal holds.</summary>
/// <param name="Entries">The entries asked for, in their order.</param>
/// <param name="LastSequence">The largest sequence number in the file.</param>
/// <param name="SoundLength">The length up to the end of the last sound line.</param>
/// <param name="DamagedLines">Lines among those asked for, before the last sound one or after it, whose check fails.</param>
internal sealed record JournalContent(IReadOnlyList<JournalEntry> Entries, long LastSequence, long SoundLength, int DamagedLines);
