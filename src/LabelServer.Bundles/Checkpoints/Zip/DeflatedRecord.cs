using System.IO.Compression;
using LabelServer.Bundles.Checkpoints.Sources;

namespace LabelServer.Bundles.Checkpoints.Zip;

/// <summary>A compressed record. PyTorch never writes one, other zip tools do. It is unpacked whole on the first read; its size is checked before, and kept to.</summary>
internal sealed class DeflatedRecord(CheckpointSource source, long start, ZipEntry entry, uint? checksum) : CheckpointRecord(entry.Bytes)
{
    private readonly Lock _lock = new();
    private readonly WeakReference<byte[]?> _content = new(null);

    public override void Read(long offset, Span<byte> buffer)
    {
        var content = Content();
        if (offset < 0 || offset > content.Length - buffer.Length)
        {
            throw source.Broken($"a tensor reaches past the end of the record '{entry.Name}' of {content.Length} bytes");
        }

        content.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }

    private byte[] Content()
    {
        lock (_lock)
        {
            // Kept only as long as memory allows: after loading nobody asks again.
            if (!_content.TryGetTarget(out var content))
            {
                _content.SetTarget(content = Unpack());
            }

            return content;
        }
    }

    private byte[] Unpack()
    {
        if (entry.Bytes > Array.MaxLength || entry.CompressedBytes > Array.MaxLength)
        {
            throw source.Broken($"the compressed record '{entry.Name}' has {entry.Bytes} bytes; unpack it and store it uncompressed");
        }

        var packed = new byte[entry.CompressedBytes];
        source.Read(start, packed);
        var content = new byte[entry.Bytes];
        try
        {
            using var inflater = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            inflater.ReadExactly(content);
            if (inflater.ReadByte() >= 0)
            {
                throw source.Broken($"the compressed record '{entry.Name}' is longer than the {entry.Bytes} bytes it claims");
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw source.Broken($"the compressed record '{entry.Name}' is damaged", e);
        }

        return checksum is null || Crc32.Append(0, content) == checksum ? content : throw source.Broken($"the record '{entry.Name}' is damaged (its checksum is wrong); copy or download the file again");
    }
}
