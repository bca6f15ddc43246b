using System.Threading.Channels;

namespace LabelServer.Datastore;

/// <summary>What the store does on its own: writes the index file behind the journal, and notices files that come and go by hand.</summary>
internal sealed partial class DatastoreMaintenance(LocalDatastore store, DatastoreOptions options, TimeProvider time, ILogger<DatastoreMaintenance> logger) : BackgroundService
{
    // A copy of many files raises an event for each; one look at the folder is enough for those that come together.
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(200);

    private readonly Channel<bool> _indexSignals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> _folderSignals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.ReadOnly && !options.AutoReload)
        {
            return;
        }

        store.Changed += OnChanged;
        try
        {
            await Task.WhenAll(WriteIndexAsync(stoppingToken), options.AutoReload ? FollowFolderAsync(stoppingToken) : Task.CompletedTask);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; the store writes the index once more when it is disposed.
        }
        finally
        {
            store.Changed -= OnChanged;
        }
    }

    private void OnChanged() => _indexSignals.Writer.TryWrite(true);

    private async Task WriteIndexAsync(CancellationToken stoppingToken)
    {
        while (await _indexSignals.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(options.IndexDelay, time, stoppingToken);
            _indexSignals.Reader.TryRead(out _);
            try
            {
                store.Flush();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The journal holds everything. Tried again after the next change, and at stop.
                LogIndexNotWritten(exception);
            }
        }
    }

    private async Task FollowFolderAsync(CancellationToken stoppingToken)
    {
        using var images = TryWatch(store.Layout.Images, recursive: false);
        using var labels = TryWatch(store.Layout.Labels, recursive: true);
        using var polling = new PeriodicTimer(options.PollInterval, time);
        var poll = PollAsync(polling, stoppingToken);
        while (await _folderSignals.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(Together, time, stoppingToken);
            _folderSignals.Reader.TryRead(out _);
            try
            {
                store.Refresh();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogFolderNotRead(exception);
            }
        }

        await poll;
    }

    /// <summary>Compares the times of the folders: network drives and full event buffers report nothing.</summary>
    private async Task PollAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        var seen = store.FolderTimes();

        // What came between the opening of the store and this moment was reported by nobody.
        _folderSignals.Writer.TryWrite(true);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = store.FolderTimes();
            if (!now.SequenceEqual(seen))
            {
                seen = now;
                _folderSignals.Writer.TryWrite(true);
            }
        }
    }

    private FileSystemWatcher? TryWatch(string folder, bool recursive)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = recursive, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Created += (_, e) => Signal(e.Name);
            watcher.Deleted += (_, e) => Signal(e.Name);
            watcher.Changed += (_, e) => Signal(e.Name);
            watcher.Renamed += (_, e) => Signal(e.Name);
            watcher.Error += (_, _) => Signal(null);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or PlatformNotSupportedException)
        {
            LogNoWatcher(folder, exception.Message);
            return null;
        }
    }

    private void Signal(string? name)
    {
        // Our own index and our own folder change all the time.
        if (name is null || !(name.StartsWith(Index.IndexFile.FileName, StringComparison.Ordinal) || name.StartsWith(StudiesLayout.HiddenName, StringComparison.Ordinal)))
        {
            _folderSignals.Writer.TryWrite(true);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The index file could not be written; the journal holds its content. It is tried again after the next change.")]
    private partial void LogIndexNotWritten(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The studies folder could not be listed.")]
    private partial void LogFolderNotRead(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The system does not report changes in {Folder} ({Reason}); it is looked at from time to time instead.")]
    private partial void LogNoWatcher(string folder, string reason);
}
