using LabelServer.Inference.Pipelines;

namespace LabelServer.Worker.Calls;

/// <summary>Keeps bundles open between inferences, and opens them again when their configs or weights changed on disk, so that a newly trained model is used without restart.</summary>
/// <remarks>Used by one inference at a time; <see cref="InferenceLanes"/> sees to that. Only the list of names is read by others.</remarks>
internal sealed partial class BundleRunnerCache(IBundleOpener opener, ILogger<BundleRunnerCache> logger) : IDisposable
{
    // A second bundle stays open for annotators who switch between two models; each may hold two sets of weights.
    private const int Capacity = 2;

    private readonly LinkedList<Entry> _entries = [];
    private volatile IReadOnlyList<string> _folders = [];

    /// <summary>The folders that are open, the one used last first.</summary>
    public IReadOnlyList<string> Folders => _folders;

    /// <summary>The runner of a bundle; it stays owned by the cache.</summary>
    /// <exception cref="LabelServer.Inference.InferenceException">The bundle can not be used.</exception>
    public IBundleRunner Get(string folder)
    {
        var stamp = FolderStamp.Of(folder);
        var known = _entries.FirstOrDefault(e => e.Folder == folder);
        if (known is not null && known.Stamp == stamp)
        {
            _entries.Remove(known);
            _entries.AddFirst(known);
            return known.Runner;
        }

        if (known is not null)
        {
            LogChanged(folder);
            Remove(known);
        }

        while (_entries.Count >= Capacity)
            Remove(_entries.Last!.Value);
        var runner = opener.Open(folder);
        _entries.AddFirst(new Entry(folder, stamp, runner));
        Publish();
        return runner;
    }

    /// <summary>Closes all bundles, to give their memory back.</summary>
    public void Clear()
    {
        while (_entries.First is { } first)
            Remove(first.Value);
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private void Remove(Entry entry)
    {
        _entries.Remove(entry);
        Publish();
        entry.Runner.Dispose();
    }

    private void Publish() => _folders = [.. _entries.Select(e => e.Folder)];

    [LoggerMessage(1, LogLevel.Information, "The bundle in {Folder} changed on disk and is opened again.")]
    private partial void LogChanged(string folder);

    private sealed record Entry(string Folder, FolderStamp Stamp, IBundleRunner Runner);
}
