using LabelServer.Datastore.Checks;
using LabelServer.Datastore.Disk;
using LabelServer.Datastore.Index;
using LabelServer.Datastore.Names;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Datastore;

/// <summary>The store in a folder on this machine, laid out as MONAI Label does it: images flat, <c>labels/TAG/</c>, <c>datastore_v2.json</c>; what is ours lies in <c>.labelserver/</c>.</summary>
/// <remarks>
/// <para>A folder that MONAI Label wrote opens as it is, and the other way round. Deleting <c>.labelserver</c> loses former versions and refused files, no current label.</para>
/// <para>Durability is told in <see cref="StoreIndex"/>, the folder's changes by hand in <see cref="FolderReconciler"/>.</para>
/// </remarks>
internal sealed partial class LocalDatastore : IDatastore, IDisposable
{
    private readonly DatastoreOptions _options;
    private readonly StudiesLayout _layout;
    private readonly IStoreDisk _disk;
    private readonly StoreIndex _index;
    private readonly FilePatterns _patterns;
    private readonly IVolumeInspector _inspector;
    private readonly IModelLabelMaps _models;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly UploadCheck _check;
    private readonly IncomingFiles _incoming;
    private readonly PreviousVersions _versions;
    private readonly LabelAcceptance _acceptance;
    private readonly FolderReconciler _reconciler;
    private readonly DepartedFiles _departed;
    private readonly GridCache _grids;
    private readonly FileStream? _lock;
    private readonly KeyedLocks _locks = new();
    private readonly HashSet<string> _reservedStems = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _checksums = new(2, 2);

    private LocalDatastore(
        DatastoreOptions options, StudiesLayout layout, IStoreDisk disk, FileStream? folderLock, StoreIndex index, IVolumeInspector inspector, IModelLabelMaps models, TimeProvider time, ILogger logger)
    {
        (_options, _layout, _disk, _lock, _index) = (options, layout, disk, folderLock, index);
        (_inspector, _models, _time, _logger) = (inspector, models, time, logger);
        _patterns = new(options.FilePatterns);
        _check = new(inspector);
        _incoming = new(layout, disk);
        _versions = new(layout, disk, time);
        _acceptance = new(new RefusedFiles(layout, disk, time, options.RefusedFileLimit, options.RefusedByteLimit), logger);
        _departed = new(layout);
        _reconciler = new(layout, _patterns, _departed, time, logger);
        _grids = new(inspector);
        _index.Changed += () => Changed?.Invoke();
    }

    /// <summary>Raised after each change, on the thread that made it.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public DatastoreStatistics Statistics => _index.State.Statistics;

    /// <summary>Where things lie.</summary>
    internal StudiesLayout Layout => _layout;

    /// <summary>Opens a studies folder: recovers what a crash left, and looks at the folder once.</summary>
    /// <exception cref="DatastoreUnavailableException">The folder cannot be used, or another server uses it.</exception>
    public static LocalDatastore Open(DatastoreOptions options, IVolumeInspector inspector, IModelLabelMaps models, TimeProvider time, ILogger logger, IStoreDisk? disk = null)
    {
        disk ??= new LocalDisk();
        StudiesLayout layout;
        FileStream? folderLock = null;
        try
        {
            if (!options.ReadOnly)
            {
                Directory.CreateDirectory(options.StudiesFolder);
            }

            layout = new StudiesLayout(options.StudiesFolder);
            if (!options.ReadOnly)
            {
                disk.CreateFolder(layout.Incoming);
                folderLock = TakeLock(layout);
            }

            var index = new IndexRecovery(layout, disk, options.ReadOnly, logger).Recover();
            var store = new LocalDatastore(options, layout, disk, folderLock, index, inspector, models, time, logger);
            store.Prepare();
            return store;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            folderLock?.Dispose();
            throw new DatastoreUnavailableException($"The studies folder '{options.StudiesFolder}' cannot be used: {exception.Message}", exception);
        }
        catch
        {
            folderLock?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ImageIds(ImageSelection selection = ImageSelection.All)
    {
        var state = _index.State;
        return selection switch
        {
            ImageSelection.Labeled => [.. state.Images.Where(i => i.IsLabeled).Select(i => i.Id)],
            ImageSelection.Unlabeled => [.. state.Images.Where(i => !i.IsLabeled && !i.IsAttachment).Select(i => i.Id)],
            _ => state.Ids,
        };
    }

    /// <inheritdoc/>
    public ImageEntry? FindImage(string imageId) => _index.State.Find(imageId);

    /// <inheritdoc/>
    public DatastoreSnapshot Snapshot()
    {
        var state = _index.State;
        return new(state.Header.Name, state.Header.Description, [.. state.Images]);
    }

    /// <inheritdoc/>
    public string? FindLocalPath(string imageId, string? tag = null)
    {
        var image = FindImage(imageId);
        return image is null ? null : tag is null ? _layout.ImageFile(image) : image.FindLabel(tag) is { } label ? _layout.LabelFile(image, label) : null;
    }

    /// <summary>The index document as clients get it (<c>output=all</c>).</summary>
    public byte[] IndexForClients()
    {
        var state = _index.State;
        return IndexFile.WriteForClients(state.Header, state.Images);
    }

    /// <inheritdoc/>
    public StoredFile OpenImage(string imageId)
    {
        var image = RequireImage(imageId);
        return OpenFile(_layout.ImageFile(image), image.FileName, image.Id, image.Extension) ?? throw ImageGone(imageId);
    }

    /// <inheritdoc/>
    public StoredFile OpenLabel(string imageId, string tag)
    {
        var image = FindImage(imageId);
        var label = image?.FindLabel(tag) ?? throw NoLabel(imageId, tag);
        return OpenFile(_layout.LabelFile(image, label), image.Stem + label.Extension, image.Id, label.Extension) ?? throw NoLabel(imageId, tag);
    }

    /// <inheritdoc/>
    public async Task<VolumeGrid> ReadGridAsync(string imageId, CancellationToken cancellationToken)
    {
        await using var file = OpenImage(imageId);
        return await _grids.ReadAsync(imageId, file, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<string> ChecksumAsync(string imageId, CancellationToken cancellationToken)
    {
        var image = RequireImage(imageId);
        await using var file = OpenImage(imageId);
        var stamp = new FileStamp(file.Length, file.LastModified.UtcTicks);
        if (image.ChecksumStamp == stamp && image.Info.GetText(ChecksumKey) is { } known)
        {
            return known;
        }

        // Whole files are read: a few at a time, so that the disk stays free for others.
        await _checksums.WaitAsync(cancellationToken);
        try
        {
            var checksum = await IncomingFiles.ChecksumAsync(file.Content, cancellationToken);
            Remember(imageId, checksum, stamp);
            return checksum;
        }
        finally
        {
            _checksums.Release();
        }
    }

    /// <summary>Writes the index file when it lags behind. Does nothing while the folder is not there.</summary>
    public void Flush()
    {
        if (!_options.ReadOnly && IsThere)
        {
            _index.Flush();
            lock (_refreshing)
            {
                _departed.Save(_disk);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Flush();
        }
        catch (IOException exception)
        {
            // The journal holds everything; the next start writes the index.
            LogFlushFailed(exception, IndexFile.FileName);
        }

        Abandon();
    }

    /// <summary>Closes what is open and writes nothing, as the system does for a process that is killed.</summary>
    internal void Abandon()
    {
        _index.Dispose();
        _lock?.Dispose();
        _checksums.Dispose();
    }

    private static FileStream TakeLock(StudiesLayout layout)
    {
        try
        {
            return new FileStream(layout.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new DatastoreUnavailableException($"The studies folder '{layout.Root}' is in use by another LabelServer. Stop that one, or give this one another folder.", exception);
        }
    }

    private static ImageNotFoundException ImageGone(string imageId) =>
        new($"Image NOT Found or is a directory: there is no image '{Names.ImageIds.Printable(imageId)}' in the studies. GET /datastore/?output=all lists the ids.");

    private static LabelNotFoundException NoLabel(string imageId, string tag) =>
        new($"Label NOT Found or is a directory: the image '{Names.ImageIds.Printable(imageId)}' has no label with the tag '{Names.ImageIds.Printable(tag)}'.");

    private ImageEntry RequireImage(string imageId) => FindImage(imageId) ?? throw ImageGone(imageId);

    private StoredFile? OpenFile(string path, string name, string imageId, string extension)
    {
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists || (!_options.FollowOutsideLinks && !_layout.IsInside(info)))
            {
                return null;
            }

            var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
            return new(content, name, Names.ImageIds.DownloadName(imageId, extension) ?? name, path, File.GetLastWriteTimeUtc(content.SafeFileHandle));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private void Remember(string imageId, string checksum, FileStamp stamp) => _index.Apply(state =>
        state.Find(imageId) is { } image ? state.With(image with { Info = image.Info.With(ChecksumKey, checksum), ChecksumStamp = stamp }) : state);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} could not be written; the journal holds its content.")]
    private partial void LogFlushFailed(Exception exception, string file);
}
