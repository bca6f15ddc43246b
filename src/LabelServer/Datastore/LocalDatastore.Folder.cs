using LabelServer.Datastore.Index;

namespace LabelServer.Datastore;

/// <summary>The half that looks at the folder: at start, and when files were added or removed by hand.</summary>
internal sealed partial class LocalDatastore
{
    private readonly Lock _refreshing = new();

    /// <summary>Looks at the folder and takes over what has changed. One listing for each folder; no file is opened.</summary>
    public void Refresh()
    {
        lock (_refreshing)
        {
            RefreshAlone();
        }
    }

    /// <summary>Whether the folder is the one that was opened. Where a network drive was, there may be an empty folder: nothing must be taken from that, nor written to it.</summary>
    private bool IsThere => _options.ReadOnly ? Directory.Exists(_layout.Images) : File.Exists(_layout.Lock);

    private void RefreshAlone()
    {
        if (!IsThere)
        {
            LogFolderGone(_layout.Images);
            return;
        }

        if (_index.IsForeign())
        {
            TakeOverForeignIndex();
        }

        if (FolderListing.Read(_layout, _patterns, _options.FollowOutsideLinks, _logger) is not { } listing)
        {
            LogFolderGone(_layout.Images);
            return;
        }

        var before = _index.State;
        var found = _reconciler.Reconcile(before, listing, _locks.IsBusy, IsReserved);
        if (!ReferenceEquals(found, before))
        {
            // Only what the folder changed is carried over: a writer may have finished meanwhile.
            _index.Apply(state => ReferenceEquals(state, before) ? found : _reconciler.Reconcile(state, listing, id => _locks.IsBusy(id) || !ReferenceEquals(state.Find(id), before.Find(id)), IsReserved));
        }
    }

    /// <summary>The times of the last change of the folders and the index file: when they are as before, so are the lists of files.</summary>
    internal IReadOnlyList<DateTime> FolderTimes()
    {
        var times = new List<DateTime> { Directory.GetLastWriteTimeUtc(_layout.Images), Directory.GetLastWriteTimeUtc(_layout.Labels) };
        if (Directory.Exists(_layout.Labels))
        {
            times.AddRange(new DirectoryInfo(_layout.Labels).EnumerateDirectories().OrderBy(d => d.Name, StringComparer.Ordinal).Select(d => d.LastWriteTimeUtc));
        }

        times.Add(_index.IsForeign() ? File.GetLastWriteTimeUtc(_layout.IndexFilePath) : default);
        return times;
    }

    private void Prepare()
    {
        if (!_options.ReadOnly)
        {
            foreach (var left in Directory.EnumerateFiles(_layout.Incoming))
            {
                // Uploads that nobody waits for any more.
                _disk.Delete(left);
            }

            _disk.CreateFolder(_layout.Images);
            _disk.CreateFolder(_layout.TagFolder(LabelTags.Final));
            _disk.CreateFolder(_layout.TagFolder(LabelTags.Original));
        }

        Refresh();
        Flush();
    }

    private bool IsReserved(string stem)
    {
        lock (_reservedStems)
        {
            return _reservedStems.Contains(Names.ImageIds.CollisionKey(stem));
        }
    }

    /// <summary>Another program (a person, MONAI Label) wrote the index file: what it says about images and labels that are known here, and not changed since the last writing, counts.</summary>
    private void TakeOverForeignIndex()
    {
        try
        {
            var (_, images) = IndexFile.Read(File.ReadAllBytes(_layout.IndexFilePath));
            var foreign = images.GroupBy(i => i.Stem, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
            _index.AcceptForeign(foreign, _locks.IsBusy);
            LogForeign(IndexFile.FileName);
        }
        catch (Exception exception) when (exception is IOException or System.Text.Json.JsonException)
        {
            LogForeignUnreadable(IndexFile.FileName, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The folder {Folder} is not there (a network drive that has gone?); nothing is changed until it is back.")]
    private partial void LogFolderGone(string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "{File} was changed by another program; its info was taken over.")]
    private partial void LogForeign(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} was changed by another program and cannot be read ({Reason}); it will be written anew.")]
    private partial void LogForeignUnreadable(string file, string reason);
}
