using LabelServer.Imaging.Geometry;

namespace LabelServer.Datastore;

/// <summary>The studies: images, their labels by tag, and what is known about both. Hands out ids, streams and geometry, never file paths.</summary>
/// <remarks>
/// <para>An image id is arbitrary text and is given back verbatim. A label is named by its image's id and a tag: <see cref="LabelTags.Final"/> for submitted labels,
/// <see cref="LabelTags.Original"/> for predictions, any other name for versions. An image counts as labelled when it has a final label.</para>
/// <para>Reads answer from an immutable picture of the store and never wait for a writer. Writers of one image take turns. When a writing method returns, what it
/// wrote is durable: it survives the death of the process and, with an honest disk, a power cut.</para>
/// <para>Errors are <see cref="DatastoreException"/>s, one type for each cause.</para>
/// </remarks>
public interface IDatastore
{
    /// <summary>How many images and labels there are.</summary>
    DatastoreStatistics Statistics { get; }

    /// <summary>The image ids in ordinal order.</summary>
    IReadOnlyList<string> ImageIds(ImageSelection selection = ImageSelection.All);

    /// <summary>What is known about an image, or null when there is none of that id.</summary>
    ImageEntry? FindImage(string imageId);

    /// <summary>Everything at one moment, in the order of <see cref="ImageIds"/>.</summary>
    DatastoreSnapshot Snapshot();

    /// <summary>Where an image or a label lies on this machine, for a client that runs here too and may open it; null when the store keeps no files, or has no such image or label.</summary>
    /// <param name="imageId">The image.</param>
    /// <param name="tag">The label's tag; null for the image itself.</param>
    string? FindLocalPath(string imageId, string? tag = null) => null;

    /// <summary>Opens an image's file.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image, or its file is gone.</exception>
    StoredFile OpenImage(string imageId);

    /// <summary>Opens a label's file.</summary>
    /// <exception cref="LabelNotFoundException">There is no such label, or its file is gone.</exception>
    StoredFile OpenLabel(string imageId, string tag);

    /// <summary>Reads where an image's voxels lie, from its header.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    /// <exception cref="Imaging.ImagingException">Its file is no volume that can be read.</exception>
    Task<VolumeGrid> ReadGridAsync(string imageId, CancellationToken cancellationToken);

    /// <summary>The image's checksum as <c>SHA256:</c> and 64 hex digits. Computed when it is not known or when the file has changed since.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    Task<string> ChecksumAsync(string imageId, CancellationToken cancellationToken);

    /// <summary>Takes in the bytes of an upload, as they arrive, without a decision about them yet. Dispose what is returned; bytes that were not added are then gone.</summary>
    /// <param name="content">The bytes; read to the end, in pieces.</param>
    /// <param name="fileName">The client's name for the file, perhaps a full path of another operating system; only its last part counts.</param>
    /// <param name="cancellationToken">Stops the upload.</param>
    /// <exception cref="StorageFullException">The disk is full; nothing has changed.</exception>
    Task<ReceivedFile> ReceiveAsync(Stream content, string? fileName, CancellationToken cancellationToken);

    /// <summary>Adds an image, or replaces the file of one that exists and keeps its labels.</summary>
    /// <returns>The image's id.</returns>
    /// <exception cref="InvalidNameException">The id or the extension is not acceptable.</exception>
    /// <exception cref="UnreadableUploadException">The bytes are no image that can be read.</exception>
    /// <exception cref="StorageFullException">The disk is full; nothing has changed.</exception>
    Task<string> AddImageAsync(ImageUpload upload, CancellationToken cancellationToken);

    /// <summary>Saves a label in place of the one of the same tag, which is kept as a previous version.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    /// <exception cref="InvalidNameException">The tag or the extension is not acceptable.</exception>
    /// <exception cref="UnreadableUploadException">The bytes are no label that can be read.</exception>
    /// <exception cref="LabelGridException">The label lies on another grid than its image.</exception>
    /// <exception cref="UnnamedLabelValueException">The label holds a value that has no name.</exception>
    /// <exception cref="StorageFullException">The disk is full; nothing has changed.</exception>
    Task<LabelEntry> SaveLabelAsync(LabelUpload upload, CancellationToken cancellationToken);

    /// <summary>Removes an image, its labels and their previous versions.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    Task RemoveImageAsync(string imageId, CancellationToken cancellationToken);

    /// <summary>Removes a label; its file is kept as a previous version.</summary>
    /// <returns>False when there was no such label.</returns>
    Task<bool> RemoveLabelAsync(string imageId, string tag, CancellationToken cancellationToken);

    /// <summary>Sets keys of an image's info; other keys stay.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    Task UpdateImageInfoAsync(string imageId, InfoDocument changes, CancellationToken cancellationToken);

    /// <summary>Changes an image's info by its present value, with no other writer in between. For notes that may be lost in a power cut, such as who was shown the image.</summary>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    Task UpdateImageInfoAsync(string imageId, Func<InfoDocument, InfoDocument> change, CancellationToken cancellationToken);

    /// <summary>Sets keys of a label's info; other keys stay.</summary>
    /// <exception cref="LabelNotFoundException">There is no such label.</exception>
    Task UpdateLabelInfoAsync(string imageId, string tag, InfoDocument changes, CancellationToken cancellationToken);
}
