using System.Buffers.Binary;
using System.Text;
using LabelServer.Bundles.Checkpoints.Zip;

namespace LabelServer.Bundles.Checkpoints.Writing;

/// <summary>Writes a zip archive of stored records whose contents start at multiples of 64 bytes, as PyTorch does so that they can be mapped into memory. Needs no positioning of the stream.</summary>
/// <remarks>Source: PKWARE APPNOTE.TXT 4.3; the padding is an extra field with the id that PyTorch uses (0x4246, "FB"). Archives of 4 GiB and more would need zip64 and are refused.</remarks>
internal sealed class ZipRecordWriter(Stream stream)
{
    private const int Alignment = 64;
    private const ushort PaddingId = 0x4246;
    private const ushort Utf8Names = 0x0800;

    // 1 January 1980, the first day of zip: the same weights give the same bytes.
    private const ushort FirstDay = 0x0021;

    private readonly List<(byte[] Name, uint Checksum, uint Bytes, uint Offset)> _records = [];
    private long _position;

    public async Task AddAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var unpadded = _position + 30 + nameBytes.Length + 4;
        var padding = (int)((Alignment - (unpadded % Alignment)) % Alignment);
        if (unpadded + padding + content.Length > uint.MaxValue - (1 << 20) || _records.Count >= ushort.MaxValue - 1)
        {
            throw new NotSupportedException("Checkpoints of 4 GiB and more, or of more than 65 000 tensors, are not written.");
        }

        var checksum = Crc32.Append(0, content.Span);
        var header = new byte[30 + nameBytes.Length + 4 + padding];
        WriteCommon(header, 0x04034B50, 4, checksum, (uint)content.Length, nameBytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(28), (ushort)(4 + padding));
        nameBytes.CopyTo(header, 30);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(30 + nameBytes.Length), PaddingId);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(32 + nameBytes.Length), (ushort)padding);
        header.AsSpan(34 + nameBytes.Length).Fill((byte)'Z');
        _records.Add((nameBytes, checksum, (uint)content.Length, (uint)_position));
        await stream.WriteAsync(header, cancellation);
        await stream.WriteAsync(content, cancellation);
        _position += header.Length + content.Length;
    }

    public async Task FinishAsync(CancellationToken cancellation)
    {
        var start = _position;
        foreach (var (name, checksum, bytes, offset) in _records)
        {
            var header = new byte[46 + name.Length];
            WriteCommon(header, 0x02014B50, 6, checksum, bytes, name.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(42), offset);
            name.CopyTo(header, 46);
            await stream.WriteAsync(header, cancellation);
            _position += header.Length;
        }

        var end = new byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054B50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)_records.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)_records.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)(_position - start));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), (uint)start);
        await stream.WriteAsync(end, cancellation);
    }

    // What local and central headers share; a central one has one more version field in front, hence the shift.
    private static void WriteCommon(Span<byte> header, uint signature, int versionAt, uint checksum, uint bytes, int nameLength)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, signature);
        var fields = header[versionAt..];
        BinaryPrimitives.WriteUInt16LittleEndian(fields, 20);
        BinaryPrimitives.WriteUInt16LittleEndian(fields[2..], Utf8Names);
        BinaryPrimitives.WriteUInt16LittleEndian(fields[8..], FirstDay);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[10..], checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[14..], bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[18..], bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(fields[22..], (ushort)nameLength);
    }
}
