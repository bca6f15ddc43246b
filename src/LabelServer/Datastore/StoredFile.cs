namespace LabelServer.Datastore;

/// <summary>An open file of the store. Dispose it. A writer that replaces the file meanwhile does not disturb the reader: it goes on with the former bytes.</summary>
public sealed class StoredFile : IAsyncDisposable, IDisposable
{
    internal StoredFile(FileStream content, string name, string downloadName, string path, DateTimeOffset lastModified)
    {
        Content = content;
        Name = name;
        DownloadName = downloadName;
        LocalPath = path;
        LastModified = lastModified;
    }

    /// <summary>The bytes; seekable.</summary>
    public Stream Content { get; }

    /// <summary>The name on this disk: of the id only what every disk takes, and the extension.</summary>
    public string Name { get; }

    /// <summary>The name to offer to clients: id and extension, or <see cref="Name"/> for ids that no client could save under.</summary>
    public string DownloadName { get; }

    /// <summary>The length in bytes.</summary>
    public long Length => Content.Length;

    /// <summary>The time of the last change.</summary>
    public DateTimeOffset LastModified { get; }

    /// <summary>Where the file lies, for this machine only (a worker beside the server maps it into memory). Never goes to a client of another machine.</summary>
    internal string LocalPath { get; }

    /// <inheritdoc/>
    public void Dispose() => Content.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
