using LabelServer.Datastore.Checks;
using LabelServer.Datastore.Index;
using LabelServer.Datastore.Names;
using LabelServer.Datastore.Versions;
using LabelServer.Errors;
using LabelServer.Http;
using LabelServer.Imaging;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Datastore;

/// <summary>The writing half: every change is checked, made durable in the journal, done on disk and shown, in this order.</summary>
internal sealed partial class LocalDatastore
{
    /// <summary>The key of an image's info that holds its checksum.</summary>
    internal const string ChecksumKey = "checksum";

    /// <summary>A folder on the store's disk into which the reader of a form may stream uploads; <see cref="Adopt"/> then takes them over without a copy.</summary>
    public string IncomingFolder => _layout.Incoming;

    /// <inheritdoc/>
    public Task<ReceivedFile> ReceiveAsync(Stream content, string? fileName, CancellationToken cancellationToken)
    {
        RequireWritable();
        return _incoming.ReceiveAsync(content, fileName, cancellationToken);
    }

    /// <summary>Takes over a file in <see cref="IncomingFolder"/>, as <see cref="ReceiveAsync"/> does with a stream.</summary>
    public ReceivedFile Adopt(UploadedFile file)
    {
        RequireWritable();
        return _incoming.Adopt(file);
    }

    /// <inheritdoc/>
    public async Task<string> AddImageAsync(ImageUpload upload, CancellationToken cancellationToken)
    {
        RequireWritable();
        var extension = UploadCheck.ExtensionOf(upload.Content);
        var id = upload.ImageId is { Length: > 0 } given ? given : IdOf(upload.Content.FileName, extension);
        Names.ImageIds.Require(id);

        extension = UploadCheck.StoredExtension(upload.Content, extension);

        // The voxels of .seg.nrrd are NRRD; an image has no segments, and MONAI Label would find the file under another id.
        if (extension.Equals(".seg.nrrd", StringComparison.OrdinalIgnoreCase))
        {
            extension = ".nrrd";
        }

        await _check.RequireImageAsync(upload.Content, extension, id, cancellationToken);
        var checksum = await ChecksumOfAsync(upload.Content, cancellationToken);
        using var turn = await _locks.EnterAsync(id, cancellationToken);
        var before = FindImage(id);
        var stem = before?.Stem ?? ReserveStem(id, extension);
        try
        {
            var after = (before ?? new ImageEntry { Id = id, Stem = stem, Extension = extension }) with { Extension = extension };
            after = after with { Info = ImageInfo(upload, after.FileName, checksum), ChecksumStamp = FileStamp.Of(upload.Content.TemporaryPath) };
            var target = _layout.ImageFile(after);
            RequireNoLink(_layout.Images, target);
            var deletes = before is not null && before.FileName != after.FileName ? new[] { _layout.Relative(_layout.ImageFile(before)) } : [];
            Store(upload.Content, before, after, target, deletes);
        }
        finally
        {
            lock (_reservedStems)
            {
                _reservedStems.Remove(Names.ImageIds.CollisionKey(stem));
            }
        }

        LogImageAdded(id, upload.Content.Length);
        return id;
    }

    /// <inheritdoc/>
    public async Task<LabelEntry> SaveLabelAsync(LabelUpload upload, CancellationToken cancellationToken)
    {
        RequireLabelTarget(upload.ImageId, upload.Tag);
        var extension = UploadCheck.StoredExtension(upload.Content, UploadCheck.ExtensionOf(upload.Content));
        var what = $"The label '{upload.Tag}' of the image '{Names.ImageIds.Printable(upload.ImageId)}'";
        if (FileKinds.Of(extension) != FileKind.RawLabel)
        {
            return await SaveCheckedAsync(upload, extension, what, cancellationToken);
        }

        await using var nifti = await RawLabel.ToNiftiAsync(upload.Content, await FindGridAsync(upload.ImageId, cancellationToken), what, cancellationToken);
        using var converted = await ReceiveAsync(nifti, "label" + RawLabel.StoredExtension, cancellationToken);
        return await SaveCheckedAsync(upload with { Content = converted }, RawLabel.StoredExtension, what, cancellationToken);
    }

    private async Task<LabelEntry> SaveCheckedAsync(LabelUpload upload, string extension, string what, CancellationToken cancellationToken)
    {
        var names = LabelNames.Find(upload, _models);
        var ofVolume = FileKinds.Of(RequireImage(upload.ImageId).Extension) is FileKind.Volume or FileKind.MetaImage;
        var content = await _check.ReadLabelAsync(upload.Content, extension, ofVolume, what, cancellationToken);
        if (content is not null)
        {
            var grid = await FindGridAsync(upload.ImageId, cancellationToken);
            names = _acceptance.Require(upload.Content, content, grid, names, $"{RequireImage(upload.ImageId).Stem}-{upload.Tag}", extension, what);
        }

        using var turn = await _locks.EnterAsync(upload.ImageId, cancellationToken);
        var before = RequireImage(upload.ImageId);
        var former = before.FindLabel(upload.Tag);
        var name = before.Stem + extension;
        var label = (former ?? new LabelEntry { Tag = upload.Tag, Extension = extension }) with { Extension = extension, Info = LabelInfo(upload, name, content is null ? null : names) };
        var (stamp, isBeside) = StampFor(upload, before, former);
        label = label with { Info = stamp.Into(label.Info) };
        if (isBeside)
        {
            KeepBeside(upload, before, former!, label);
            return label;
        }

        var target = _layout.LabelFile(before, label);
        RequireNoLink(_layout.TagFolder(label.Tag), target);
        if (former is not null)
        {
            Guard(() => _versions.Keep(before, former));
        }

        var deletes = former is not null && former.Extension != extension ? new[] { _layout.Relative(_layout.LabelFile(before, former)) } : [];
        Store(upload.Content, before, before.WithLabel(label), target, deletes);
        LogLabelSaved(upload.Tag, upload.ImageId, upload.Content.Length);
        return label;
    }

    /// <summary>Refuses a label whose place is not acceptable, before its bytes are taken in.</summary>
    internal void RequireLabelTarget(string imageId, string tag)
    {
        RequireWritable();
        RequireImage(imageId);
        LabelTagNames.Require(tag, _index.State.Tags);
    }

    /// <inheritdoc/>
    public async Task RemoveImageAsync(string imageId, CancellationToken cancellationToken)
    {
        RequireWritable();
        using var turn = await _locks.EnterAsync(imageId, cancellationToken);
        var before = RequireImage(imageId);
        var files = new List<string> { _layout.ImageFile(before) };
        files.AddRange(before.Labels.Select(l => _layout.LabelFile(before, l)));
        files.AddRange(_versions.FilesOf(before));
        files.AddRange(ProposalFiles.Of(_layout, before));
        Guard(() => _index.Commit(before, null, new DiskSteps(null, null, [.. files.Select(_layout.Relative)])));
        LogImageRemoved(imageId);
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveLabelAsync(string imageId, string tag, CancellationToken cancellationToken)
    {
        RequireWritable();
        using var turn = await _locks.EnterAsync(imageId, cancellationToken);
        if (FindImage(imageId) is not { } before || before.FindLabel(tag) is not { } label)
        {
            return false;
        }

        Guard(() =>
        {
            _versions.Keep(before, label);
            _index.Commit(before, before.WithoutLabel(tag), new DiskSteps(null, null, [_layout.Relative(_layout.LabelFile(before, label))]));
        });
        LogLabelRemoved(tag, imageId);
        return true;
    }

    /// <inheritdoc/>
    public Task UpdateImageInfoAsync(string imageId, InfoDocument changes, CancellationToken cancellationToken) =>
        ChangeImageInfoAsync(imageId, info => info.Merge(WithoutOwn(changes)), durable: true, cancellationToken);

    /// <inheritdoc/>
    public Task UpdateImageInfoAsync(string imageId, Func<InfoDocument, InfoDocument> change, CancellationToken cancellationToken) =>
        ChangeImageInfoAsync(imageId, change, durable: false, cancellationToken);

    /// <inheritdoc/>
    public async Task UpdateLabelInfoAsync(string imageId, string tag, InfoDocument changes, CancellationToken cancellationToken)
    {
        RequireWritable();
        using var turn = await _locks.EnterAsync(imageId, cancellationToken);
        if (FindImage(imageId) is not { } before || before.FindLabel(tag) is not { } label)
        {
            throw NoLabel(imageId, tag);
        }

        Guard(() => _index.Commit(before, before.WithLabel(label with { Info = label.Info.Merge(WithoutOwn(changes).Without(LabelStamp.Key)) }), DiskSteps.None));
    }

    // Clients name cached files by "name" and compare "checksum": both say what the file is, and only the store knows that.
    private static InfoDocument WithoutOwn(InfoDocument changes) => changes.Without(IndexFile.ImageIdKey).Without("name").Without(ChecksumKey).Without("path");

    private async Task ChangeImageInfoAsync(string imageId, Func<InfoDocument, InfoDocument> change, bool durable, CancellationToken cancellationToken)
    {
        RequireWritable();
        using var turn = await _locks.EnterAsync(imageId, cancellationToken);
        var before = RequireImage(imageId);
        Guard(() => _index.Commit(before, before with { Info = change(before.Info) }, DiskSteps.None, durable));
    }

    /// <summary>Puts received bytes in place: on the disk first, then decided in the journal, then renamed.</summary>
    private void Store(ReceivedFile content, ImageEntry? before, ImageEntry after, string target, IReadOnlyList<string> deletes) => Guard(() =>
    {
        _disk.CreateFolder(Path.GetDirectoryName(target)!);
        _disk.FlushFile(content.TemporaryPath);
        _disk.FlushFolder(Path.GetDirectoryName(content.TemporaryPath)!);
        _index.Commit(before, after, new DiskSteps(_layout.Relative(content.TemporaryPath), _layout.Relative(target), deletes));
        content.MarkTaken();
    });

    /// <summary>The image's grid; null when its file has none that can be read, as a picture or a slide.</summary>
    private async Task<VolumeGrid?> FindGridAsync(string imageId, CancellationToken cancellationToken)
    {
        if (FileKinds.Of(RequireImage(imageId).Extension) != FileKind.Volume)
        {
            return null;
        }

        try
        {
            return await ReadGridAsync(imageId, cancellationToken);
        }
        catch (ImagingException exception)
        {
            LogUnreadableImage(imageId, exception.Message);
            return null;
        }
    }

    private static async Task<string> ChecksumOfAsync(ReceivedFile content, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(content.TemporaryPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await IncomingFiles.ChecksumAsync(file, cancellationToken);
    }

    private InfoDocument ImageInfo(ImageUpload upload, string name, string checksum)
    {
        var info = upload.Info.Without(IndexFile.ImageIdKey);
        if (upload.User is not null)
        {
            info = info.With("user", upload.User);
        }

        return info.With("ts", _time.GetUtcNow().ToUnixTimeSeconds()).With("name", name).With(ChecksumKey, checksum);
    }

    private InfoDocument LabelInfo(LabelUpload upload, string name, IReadOnlyDictionary<int, string>? names)
    {
        var info = upload.Info.With("ts", _time.GetUtcNow().ToUnixTimeSeconds()).With("name", name);
        if (upload.User is not null)
        {
            info = info.With("user", upload.User);
        }

        return names is null ? info.Without(LabelEntry.ValuesKey) : LabelNames.With(info, names);
    }

    private string ReserveStem(string id, string extension)
    {
        lock (_reservedStems)
        {
            var state = _index.State;
            var stem = Names.ImageIds.StemFor(id, extension, _patterns, s =>
                state.FindByStem(s) is not null || _reservedStems.Contains(Names.ImageIds.CollisionKey(s)) || File.Exists(Path.Combine(_layout.Images, s + extension)));
            _reservedStems.Add(Names.ImageIds.CollisionKey(stem));
            return stem;
        }
    }

    private static string IdOf(string? fileName, string extension) => fileName is null ? string.Empty
        : fileName.EndsWith(extension, StringComparison.Ordinal) ? fileName[..^extension.Length] : fileName;

    /// <summary>A link that someone placed in the folder must not lead a write outside.</summary>
    private void RequireNoLink(string folder, string target)
    {
        if (_options.FollowOutsideLinks)
        {
            return;
        }

        FileSystemInfo[] parts = [new DirectoryInfo(_layout.Labels), new DirectoryInfo(folder), new FileInfo(target)];
        foreach (var part in parts)
        {
            if (part.Exists && !_layout.IsInside(part))
            {
                throw new InvalidNameException($"'{_layout.Relative(part.FullName)}' in the studies folder is a link to a place outside it; nothing is written there. Remove the link on the server.");
            }
        }
    }

    /// <summary>Refuses what cannot be changed.</summary>
    /// <exception cref="ReadOnlyDatastoreException">The store is read-only.</exception>
    internal void RequireWritable()
    {
        if (_options.ReadOnly)
        {
            throw new ReadOnlyDatastoreException("The studies are read-only (MONAI_LABEL_DATASTORE_READ_ONLY). Nothing was changed.");
        }

        if (!IsThere)
        {
            throw new DatastoreUnavailableException($"The studies folder '{Path.GetFileName(_layout.Root)}' is not there now (a network drive that has gone?). Nothing was changed. Try again when it is back.");
        }
    }

    private void Guard(Action change)
    {
        try
        {
            change();
        }
        catch (IOException exception) when (DiskFull.Is(exception))
        {
            throw IncomingFiles.Full(_layout.Root, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Added the image '{Id}' ({Length} bytes).")]
    private partial void LogImageAdded(string id, long length);

    [LoggerMessage(Level = LogLevel.Information, Message = "Saved the label '{Tag}' of the image '{Id}' ({Length} bytes).")]
    private partial void LogLabelSaved(string tag, string id, long length);

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed the image '{Id}' with its labels.")]
    private partial void LogImageRemoved(string id);

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed the label '{Tag}' of the image '{Id}'; its file is kept as a former version.")]
    private partial void LogLabelRemoved(string tag, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The grid of a label of the image '{Id}' was not compared: {Reason}")]
    private partial void LogUnreadableImage(string id, string reason);
}
