namespace LabelServer.Datastore.Disk;

/// <summary>A <see cref="SharedFlush"/> for each folder that is being flushed now.</summary>
internal sealed class FolderFlushes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (SharedFlush Flush, int Users)> _running = new(StringComparer.Ordinal);

    /// <summary>Flushes a folder, or waits for a flush of the same folder that began after this call.</summary>
    public void Run(string folder, Action flush)
    {
        SharedFlush shared;
        lock (_gate)
        {
            var entry = _running.GetValueOrDefault(folder, (new SharedFlush(), 0));
            _running[folder] = (entry.Item1, entry.Item2 + 1);
            shared = entry.Item1;
        }

        try
        {
            shared.Run(flush);
        }
        finally
        {
            lock (_gate)
            {
                var users = _running[folder].Users - 1;
                if (users == 0)
                    _running.Remove(folder);
                else
                    _running[folder] = (shared, users);
            }
        }
    }
}
