using LabelServer.Datastore.Names;
using LabelServer.Datastore.Versions;

namespace LabelServer.Datastore;

/// <summary>The versions of labels.</summary>
internal sealed partial class LocalDatastore : ILabelVersions
{
    /// <inheritdoc/>
    public IReadOnlyList<LabelVersion> ListVersions(string imageId, string tag) => [.. AllVersions(RequireImage(imageId), tag).Select(v => v.Version)];

    /// <inheritdoc/>
    public (LabelVersion Version, StoredFile File) OpenVersion(string imageId, string tag, string versionId)
    {
        var image = RequireImage(imageId);
        foreach (var (path, version) in AllVersions(image, tag))
        {
            if (version.Stamp.Id == versionId && OpenFile(path, image.Stem + version.Extension, image.Id, version.Extension) is { } file)
            {
                return (version, file);
            }
        }

        throw new LabelNotFoundException(
            $"The label '{Names.ImageIds.Printable(tag)}' of the image '{Names.ImageIds.Printable(imageId)}' has no version '{Names.ImageIds.Printable(versionId)}'. GET /datastore/label/versions?label={Uri.EscapeDataString(imageId)} lists them.");
    }

    /// <inheritdoc/>
    public async Task<LabelEntry> RestoreVersionAsync(string imageId, string tag, string versionId, string by, CancellationToken cancellationToken)
    {
        RequireLabelTarget(imageId, tag);
        var (version, file) = OpenVersion(imageId, tag, versionId);
        await using (file)
        {
            using var content = await ReceiveAsync(file.Content, "label" + version.Extension, cancellationToken);
            return await SaveLabelAsync(
                new LabelUpload(imageId, content)
                {
                    Tag = tag,
                    Info = version.Info,
                    ValueNames = new LabelEntry { Tag = tag, Extension = version.Extension, Info = version.Info }.ValueNames(),
                    By = by,
                    RestoredFrom = versionId,
                },
                cancellationToken);
        }
    }

    private List<(string Path, LabelVersion Version)> AllVersions(ImageEntry image, string tag)
    {
        var versions = LabelTagNames.IsSafe(tag) ? _versions.List(image, tag).ToList() : [];
        if (image.FindLabel(tag) is { } label && new FileInfo(_layout.LabelFile(image, label)) is { Exists: true } file)
        {
            // A crash between keeping and replacing leaves the current one kept as well.
            var current = LabelStamp.Of(label);
            versions.RemoveAll(v => v.Version.Stamp.Id == current.Id);
            versions.Add((file.FullName, new LabelVersion(current, true, label.Extension, label.Info, file.Length)));
        }

        return [.. versions.OrderByDescending(v => v.Version.IsCurrent).ThenByDescending(v => v.Version.Stamp.Id, StringComparer.Ordinal)];
    }

    /// <summary>The stamp of a label that is about to be saved, and whether it goes beside the current one.</summary>
    private (LabelStamp Stamp, bool IsBeside) StampFor(LabelUpload upload, ImageEntry image, LabelEntry? former)
    {
        var newest = former is null ? null : LabelStamp.Of(former);
        var unaware = upload.Known is { } known && known != KnownVersion.Any && known.Id != newest?.Id;

        // Nothing is known about what this client was given: it replaces, as the protocol has it, and that it may not have known another's work is noted.
        var replacesAnothers = upload.Known is null && upload.IsSubmit && newest is { By: not null } && newest.By != upload.By;
        var stamp = new LabelStamp(
            _versions.NewId(image, upload.Tag, newest?.Id),
            unaware ? upload.Known!.Id : newest?.Id,
            upload.By,
            unaware || replacesAnothers ? newest?.Id ?? "removed" : null,
            upload.RestoredFrom,
            newest?.Readers ?? []);
        return (upload.IsSubmit ? stamp.WithReader(upload.By) : stamp, unaware && former is not null);
    }

    // The label that stays is the newest one still; only who has read the image is noted with it.
    private void KeepBeside(LabelUpload upload, ImageEntry before, LabelEntry current, LabelEntry beside) => Guard(() =>
    {
        _versions.KeepBeside(before, beside, upload.Content);
        var stamp = LabelStamp.Of(current);
        var noted = stamp.WithReader(upload.By);
        if (!ReferenceEquals(noted, stamp))
        {
            _index.Commit(before, before.WithLabel(current with { Info = noted.Into(current.Info) }), Index.DiskSteps.None);
        }

        LogKeptBeside(upload.Tag, upload.ImageId, upload.By ?? "-", stamp.Id);
    });

    [LoggerMessage(Level = LogLevel.Warning, Message = "The label '{Tag}' of the image '{Id}' by {By} was made without knowledge of the newest version {Newest}: it is kept as a version beside it.")]
    private partial void LogKeptBeside(string tag, string id, string by, string newest);
}
