namespace LabelServer.Datastore;

/// <summary>An upload that has arrived completely and waits for a decision. Disposing it removes the bytes, unless they have become an image or a label.</summary>
public sealed class ReceivedFile : IDisposable
{
    private readonly Action<string> _remove;
    private bool _taken;

    internal ReceivedFile(string path, string? fileName, long length, Action<string> remove)
    {
        TemporaryPath = path;
        FileName = fileName;
        Length = length;
        _remove = remove;
    }

    /// <summary>The last part of the name that the client gave, or null when it gave none.</summary>
    public string? FileName { get; }

    /// <summary>The length in bytes.</summary>
    public long Length { get; }

    /// <summary>Where the bytes lie.</summary>
    internal string TemporaryPath { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_taken)
        {
            _taken = true;
            _remove(TemporaryPath);
        }
    }

    /// <summary>The bytes have become an image or a label (or were kept as refused): nothing to remove any more.</summary>
    internal void MarkTaken() => _taken = true;
}
