using Microsoft.Win32.SafeHandles;

namespace LabelServer.Bundles.Checkpoints.Sources;

/// <summary>The bytes of a file of weights, read at any place. Safe to share between threads.</summary>
internal abstract class CheckpointSource(string name, long length) : IDisposable
{
    /// <summary>The file's name, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>Its size in bytes.</summary>
    public long Length { get; } = length;

    public static CheckpointSource Open(string path) => new FileSource(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess));

    public static CheckpointSource Of(Stream stream, string name, bool leaveOpen) => new StreamSource(stream, name, leaveOpen);

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="CheckpointFormatException">The file ends before.</exception>
    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length)
        {
            throw Broken($"it ends at byte {Length}, and bytes {offset} to {offset + buffer.Length} are needed; it is cut short or damaged");
        }

        while (!buffer.IsEmpty)
        {
            var count = ReadSome(offset, buffer);
            if (count == 0)
            {
                throw Broken("it became shorter while it was read");
            }

            offset += count;
            buffer = buffer[count..];
        }
    }

    public CheckpointFormatException Broken(string what, Exception? inner = null) => new($"{Name} cannot be read: {what}.", inner);

    public abstract void Dispose();

    protected abstract int ReadSome(long offset, Span<byte> buffer);

    private sealed class FileSource(string path, SafeFileHandle handle) : CheckpointSource(Path.GetFileName(path), RandomAccess.GetLength(handle))
    {
        public override void Dispose() => handle.Dispose();

        protected override int ReadSome(long offset, Span<byte> buffer) => RandomAccess.Read(handle, buffer, offset);
    }

    private sealed class StreamSource(Stream stream, string name, bool leaveOpen) : CheckpointSource(name, stream.Length)
    {
        private readonly Lock _lock = new();

        public override void Dispose()
        {
            if (!leaveOpen)
            {
                stream.Dispose();
            }
        }

        protected override int ReadSome(long offset, Span<byte> buffer)
        {
            lock (_lock)
            {
                stream.Position = offset;
                return stream.Read(buffer);
            }
        }
    }
}
