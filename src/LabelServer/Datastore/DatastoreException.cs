namespace LabelServer.Datastore;

/// <summary>The base of everything that can go wrong with the store because of what was asked. The message names the image, the value and the way out.</summary>
/// <remarks>
/// Taxonomy and HTTP status: <see cref="ImageNotFoundException"/> and <see cref="LabelNotFoundException"/> 404; <see cref="InvalidNameException"/>,
/// <see cref="InvalidInfoException"/>, <see cref="UnreadableUploadException"/> and <see cref="UnnamedLabelValueException"/> 400; <see cref="LabelGridException"/> 409;
/// <see cref="ReadOnlyDatastoreException"/> 403; <see cref="StorageFullException"/> 507; <see cref="DatastoreUnavailableException"/> 503.
/// </remarks>
public abstract class DatastoreException : Exception
{
    /// <summary>Creates the exception with a message for people.</summary>
    protected DatastoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>There is no image of that id, or its file is gone.</summary>
public sealed class ImageNotFoundException(string message) : DatastoreException(message);

/// <summary>There is no label of that id and tag, or its file is gone.</summary>
public sealed class LabelNotFoundException(string message) : DatastoreException(message);

/// <summary>An image id, a tag or an extension is not acceptable.</summary>
public sealed class InvalidNameException(string message) : DatastoreException(message);

/// <summary>What was sent as info or params is not a JSON object.</summary>
public sealed class InvalidInfoException(string message, Exception? innerException = null) : DatastoreException(message, innerException);

/// <summary>The bytes of an upload are no image or label that can be read.</summary>
public sealed class UnreadableUploadException(string message, Exception? innerException = null) : DatastoreException(message, innerException);

/// <summary>A label lies on another grid than its image.</summary>
public sealed class LabelGridException(string message) : DatastoreException(message);

/// <summary>A label holds a voxel value that has no name.</summary>
public sealed class UnnamedLabelValueException(string message) : DatastoreException(message);

/// <summary>The store may not be changed.</summary>
public sealed class ReadOnlyDatastoreException(string message) : DatastoreException(message);

/// <summary>There is no room on the disk. Nothing has changed.</summary>
public sealed class StorageFullException(string message, Exception? innerException = null) : DatastoreException(message, innerException);

/// <summary>The studies folder cannot be used now: it is served by another process, or it has gone.</summary>
public sealed class DatastoreUnavailableException(string message, Exception? innerException = null) : DatastoreException(message, innerException);
