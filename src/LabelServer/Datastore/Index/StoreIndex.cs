using LabelServer.Datastore.Disk;

namespace LabelServer.Datastore.Index;

/// <summary>The state in memory, the journal that makes its changes durable, and the index file that follows it.</summary>
/// <remarks>
/// <para>A change goes: 1. journal line, on the disk; 2. steps on disk (rename, removal); 3. the new state becomes visible. The line is the moment of decision: before it a crash leaves everything as it was, after it
/// the start that follows does the steps again (<see cref="IndexRecovery"/>). So bytes and info of a label change together, whichever step the process dies in.</para>
/// <para>Only one change of one image may run at a time (the caller holds the image's lock); changes of different images run side by side.</para>
/// </remarks>
internal sealed class StoreIndex : IDisposable
{
    // Beyond this the journal is written anew, when it is also several times as long as a fresh one.
    private const long RestartLength = 8 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Lock _flushing = new();
    private readonly StudiesLayout _layout;
    private readonly IStoreDisk _disk;
    private readonly Journal? _journal;
    private readonly SortedSet<long> _running = [];
    private volatile StoreState _state;
    private long _sequence;
    private long _freshLength;
    private StoreState? _written;
    private FileStamp? _writtenStamp;

    /// <summary>Takes over what the recovery found.</summary>
    /// <param name="layout">The folder.</param>
    /// <param name="disk">The disk.</param>
    /// <param name="state">The state.</param>
    /// <param name="journal">The journal; null for a store that is not written.</param>
    /// <param name="sequence">The last sequence number given out.</param>
    /// <param name="written">The state that the index file holds; null when it has to be written.</param>
    public StoreIndex(StudiesLayout layout, IStoreDisk disk, StoreState state, Journal? journal, long sequence, StoreState? written)
    {
        _layout = layout;
        _disk = disk;
        _state = state;
        _journal = journal;
        _sequence = sequence;
        _written = written;
        _freshLength = journal?.Length ?? 0;
        _writtenStamp = StampOfFile();
    }

    /// <summary>The state. Immutable.</summary>
    public StoreState State => _state;

    /// <summary>Raised after each change, on the thread that made it.</summary>
    public event Action? Changed;

    /// <summary>Whether the index file lags behind.</summary>
    public bool IsDirty => !ReferenceEquals(_state, _written);

    /// <summary>Makes a change of one image durable and visible.</summary>
    /// <param name="before">The image as it was; null for a new one.</param>
    /// <param name="after">The image as it becomes; null to remove it.</param>
    /// <param name="steps">What belongs to it on disk.</param>
    /// <param name="durable">Whether the line must be on the disk when this returns; without, it may be lost in a power cut (not when only the process dies).</param>
    /// <exception cref="IOException">The disk refused; nothing has changed.</exception>
    public void Commit(ImageEntry? before, ImageEntry? after, DiskSteps steps, bool durable = true)
    {
        var stem = (after ?? before)!.Stem;
        long sequence;
        long journalLength;
        lock (_gate)
        {
            sequence = _sequence + 1;
            journalLength = _journal!.Length;
            _journal.Append(new JournalEntry(sequence, stem, after, steps).ToLine());
            _sequence = sequence;
            _running.Add(sequence);
        }

        var moved = false;
        try
        {
            if (durable)
            {
                // Outside the gate: changes of other images that are decided meanwhile are on the disk with the same flush.
                _journal.Flush();
            }

            DiskStepRunner.Run(_layout, _disk, steps, ref moved);
        }
        catch (Exception exception) when (!moved && exception is (IOException or UnauthorizedAccessException))
        {
            Retract(sequence, stem, before, journalLength);
            throw;
        }
        catch when (moved)
        {
            // The new bytes are in place; only their being on the disk is not certain. Info and bytes stay together, and the caller hears of the failure.
            Show(sequence, before, after);
            throw;
        }

        Show(sequence, before, after);
        Changed?.Invoke();
    }

    /// <summary>Changes the state by what was found on disk. Not in the journal: the folder itself tells it again.</summary>
    public void Apply(Func<StoreState, StoreState> change)
    {
        lock (_gate)
        {
            _state = change(_state);
        }

        Changed?.Invoke();
    }

    /// <summary>Writes the index file, whole and in one step, when it lags behind.</summary>
    public void Flush()
    {
        if (_journal is null)
        {
            return;
        }

        lock (_flushing)
        {
            StoreState state;
            long sequence;
            lock (_gate)
            {
                state = _state;
                sequence = _running.Count > 0 ? _running.Min - 1 : _sequence;
            }

            if (ReferenceEquals(state, _written))
            {
                return;
            }

            Replace(_layout.IndexFilePath, IndexFile.Write(state.Header, state.Images));
            var stamps = state.Images.Where(i => i.ChecksumStamp is not null).ToDictionary(i => i.Stem, i => i.ChecksumStamp!.Value, StringComparer.Ordinal);
            Replace(_layout.IndexState, new IndexCheckpoint(sequence, stamps).ToBytes());
            _written = state;
            _writtenStamp = StampOfFile();
            RestartJournalWhenLong();
        }
    }

    /// <summary>Whether another program has written the index file since this one read or wrote it.</summary>
    public bool IsForeign()
    {
        lock (_flushing)
        {
            return StampOfFile() is { } stamp && stamp != _writtenStamp;
        }
    }

    /// <summary>Takes over what a foreign index file says about known images that have not changed since the last writing.</summary>
    public void AcceptForeign(IReadOnlyDictionary<string, ImageEntry> foreign, Func<string, bool> isBusy)
    {
        lock (_flushing)
        {
            var written = _written;
            Apply(state => StoreState.Of(state.Header, state.Images.Select(image =>
                foreign.TryGetValue(image.Stem, out var other) && other.Extension == image.Extension && !isBusy(image.Id) && (written is null || ReferenceEquals(written.Find(image.Id), image))
                    ? image with { Info = other.Info, Labels = other.Labels, UnknownMembers = other.UnknownMembers, UnknownObjectMembers = other.UnknownObjectMembers }
                    : image)));
            _writtenStamp = StampOfFile();
            _written = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _journal?.Dispose();

    /// <summary>Journal lines that give back a whole state.</summary>
    public static IEnumerable<JournalEntry> Lines(StoreState state, long sequence) => state.Images.Select(i => new JournalEntry(sequence, i.Stem, i, DiskSteps.None));

    private void Show(long sequence, ImageEntry? before, ImageEntry? after)
    {
        lock (_gate)
        {
            _state = after is null ? _state.Without(before!) : _state.With(after);
            _running.Remove(sequence);
        }
    }

    /// <summary>Takes a decided change back: its steps could not be done.</summary>
    private void Retract(long sequence, string stem, ImageEntry? before, long journalLength)
    {
        lock (_gate)
        {
            _running.Remove(sequence);
            if (_sequence == sequence)
            {
                // Nothing was written after it: cutting it off needs no room, even on a full disk.
                _journal!.CutTo(journalLength);
            }
            else
            {
                _journal!.Append(new JournalEntry(++_sequence, stem, before, DiskSteps.None).ToLine());
                _journal.Flush();
            }
        }
    }

    private void RestartJournalWhenLong()
    {
        lock (_gate)
        {
            if (_journal!.Length > Math.Max(RestartLength, 4 * _freshLength) && _running.Count == 0)
            {
                _journal.Restart(Lines(_state, _sequence));
                _freshLength = _journal.Length;
            }
        }
    }

    private void Replace(string path, byte[] bytes)
    {
        var fresh = path + ".labelserver-new";
        _disk.Write(fresh, bytes);
        _disk.Move(fresh, path);
        _disk.FlushFolder(Path.GetDirectoryName(path)!);
    }

    private FileStamp? StampOfFile() => File.Exists(_layout.IndexFilePath) ? FileStamp.Of(_layout.IndexFilePath) : null;
}
