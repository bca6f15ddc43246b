namespace LabelServer.Datastore.Versions;

/// <summary>The versions of labels. Nothing that was accepted is ever overwritten, as long as its image is there.</summary>
public interface ILabelVersions
{
    /// <summary>All versions of a label, the newest first. A label that was removed has versions and no current one.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    IReadOnlyList<LabelVersion> ListVersions(string imageId, string tag);

    /// <summary>Opens a version's file.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    /// <exception cref="LabelNotFoundException">There is no such version, or its file is gone.</exception>
    (LabelVersion Version, StoredFile File) OpenVersion(string imageId, string tag, string versionId);

    /// <summary>Makes a new version with the bytes of a former one. The present one is kept like any other.</summary>
    /// <param name="imageId">The image.</param>
    /// <param name="tag">The label's tag.</param>
    /// <param name="versionId">The former version.</param>
    /// <param name="by">Who restores.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="LabelNotFoundException">There is no such version.</exception>
    Task<LabelEntry> RestoreVersionAsync(string imageId, string tag, string versionId, string by, CancellationToken cancellationToken);
}
