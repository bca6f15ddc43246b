using System.Buffers.Binary;
using System.Text;
using LabelServer.Bundles.Checkpoints.Sources;

namespace LabelServer.Bundles.Checkpoints.Zip;

/// <summary>Reads the directory of a zip archive and gives access to its records. Every size and place is checked against the file before it is used; nothing is ever written to disk by a record's name.</summary>
/// <remarks>Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.6 to 4.3.16 and 4.5.3 (zip64). An own reader, because <c>System.IO.Compression</c> does not say where a record lies, which reading tensors in place needs.</remarks>
internal sealed class ZipDirectory
{
    private const int EndBytes = 22;
    private const int LocalHeaderBytes = 30;
    private const int CentralHeaderBytes = 46;
    private const int MostCommentBytes = 0xFFFF;

    private readonly CheckpointSource _source;
    private readonly long _directoryStart;
    private readonly Dictionary<string, ZipEntry> _entries = new(StringComparer.Ordinal);
    private readonly bool _verify;

    private ZipDirectory(CheckpointSource source, CheckpointReadOptions options)
    {
        _source = source;
        _verify = options.VerifyChecksums;
        var (start, bytes, count) = FindDirectory();
        if (bytes > options.MaxDescriptionBytes || count > options.MaxValues)
        {
            throw source.Broken($"its directory has {count} records in {bytes} bytes; {options.MaxValues} and {options.MaxDescriptionBytes} are allowed");
        }

        _directoryStart = start;
        var directory = new byte[bytes];
        source.Read(start, directory);
        ReadEntries(directory, count);
    }

    public IReadOnlyCollection<ZipEntry> Entries => _entries.Values;

    public static ZipDirectory Read(CheckpointSource source, CheckpointReadOptions options) => new(source, options);

    public bool Contains(string name) => _entries.ContainsKey(name);

    public CheckpointRecord Open(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            throw _source.Broken($"the archive has no record '{name}'");
        }

        Span<byte> header = stackalloc byte[LocalHeaderBytes];
        _source.Read(entry.HeaderOffset, header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != 0x04034B50)
        {
            throw _source.Broken($"the record '{name}' does not start where the directory says");
        }

        var nameBytes = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header[26..])];
        _source.Read(entry.HeaderOffset + LocalHeaderBytes, nameBytes);
        var start = entry.HeaderOffset + LocalHeaderBytes + nameBytes.Length + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        if (Encoding.UTF8.GetString(nameBytes) != name)
        {
            throw _source.Broken($"the record '{name}' has another name in its own header");
        }

        if (start > _directoryStart - entry.CompressedBytes)
        {
            throw _source.Broken($"the record '{name}' reaches into the directory");
        }

        // Some writers leave the checksum out to save time and write 0 instead.
        uint? checksum = _verify && entry.Checksum != 0 ? entry.Checksum : null;
        return entry.Method == 0 ? new PlainRecord(_source, start, entry.Bytes, checksum) : new DeflatedRecord(_source, start, entry, checksum);
    }

    private (long Start, long Bytes, long Count) FindDirectory()
    {
        var tail = new byte[(int)Math.Min(_source.Length, EndBytes + MostCommentBytes)];
        var tailStart = _source.Length - tail.Length;
        _source.Read(tailStart, tail);
        for (var at = tail.Length - EndBytes; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) != 0x06054B50 || BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) != end.Length - EndBytes)
            {
                continue;
            }

            long count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
            long bytes = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
            long start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
            if (count == 0xFFFF || bytes == 0xFFFFFFFF || start == 0xFFFFFFFF)
            {
                (start, bytes, count) = ReadZip64End(tailStart + at) ?? (start, bytes, count);
            }

            if (start < 0 || bytes < 0 || count < 0 || start > tailStart + at - bytes || count > bytes / CentralHeaderBytes)
            {
                throw _source.Broken("the directory of the archive does not lie inside of it");
            }

            return (start, bytes, count);
        }

        throw _source.Broken("the archive has no directory at its end; the file is cut short");
    }

    private (long Start, long Bytes, long Count)? ReadZip64End(long end)
    {
        const int LocatorBytes = 20;
        const int RecordBytes = 56;
        if (end < LocatorBytes)
        {
            return null;
        }

        Span<byte> locator = stackalloc byte[LocatorBytes];
        _source.Read(end - LocatorBytes, locator);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != 0x07064B50)
        {
            return null;
        }

        Span<byte> record = stackalloc byte[RecordBytes];
        _source.Read(BinaryPrimitives.ReadInt64LittleEndian(locator[8..]), record);
        return BinaryPrimitives.ReadUInt32LittleEndian(record) == 0x06064B50
            ? (BinaryPrimitives.ReadInt64LittleEndian(record[48..]), BinaryPrimitives.ReadInt64LittleEndian(record[40..]), BinaryPrimitives.ReadInt64LittleEndian(record[32..]))
            : throw _source.Broken("the zip64 directory of the archive is damaged");
    }

    private void ReadEntries(ReadOnlySpan<byte> directory, long count)
    {
        for (long i = 0; i < count; i++)
        {
            if (directory.Length < CentralHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(directory) != 0x02014B50)
            {
                throw _source.Broken($"record {i} of the archive's directory is damaged");
            }

            int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(directory[28..]);
            int extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]);
            var total = CentralHeaderBytes + nameBytes + extraBytes + BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
            if (total > directory.Length)
            {
                throw _source.Broken($"record {i} of the archive's directory is cut short");
            }

            Add(directory[..CentralHeaderBytes], Encoding.UTF8.GetString(directory.Slice(CentralHeaderBytes, nameBytes)), directory.Slice(CentralHeaderBytes + nameBytes, extraBytes));
            directory = directory[total..];
        }
    }

    private void Add(ReadOnlySpan<byte> header, string name, ReadOnlySpan<byte> extra)
    {
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        int method = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        long compressed = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        long bytes = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(header[42..]);
        ReadZip64Extra(extra, ref bytes, ref compressed, ref offset);
        if (name.Length == 0 || name.StartsWith('/') || name.AsSpan().ContainsAny('\\', '\0', ':') || name.Split('/').Contains(".."))
        {
            throw _source.Broken($"the record name '{name}' is not a plain relative path");
        }

        if ((flags & 1) != 0)
        {
            throw _source.Broken($"the record '{name}' is encrypted");
        }

        if (method is not (0 or 8) || (method == 0 && compressed != bytes))
        {
            throw _source.Broken($"the record '{name}' has the compression method {method} with {compressed} bytes for {bytes}; stored and deflated records are read");
        }

        // Deflate cannot make more than about 1032 bytes of one.
        if (compressed < 0 || bytes < 0 || offset < 0 || offset > _directoryStart - LocalHeaderBytes || compressed > _directoryStart - offset || bytes / 1100 > compressed)
        {
            throw _source.Broken($"the record '{name}' claims {bytes} bytes, which the file cannot hold");
        }

        if (!_entries.TryAdd(name, new ZipEntry(name, method, BinaryPrimitives.ReadUInt32LittleEndian(header[16..]), compressed, bytes, offset)))
        {
            throw _source.Broken($"the record '{name}' occurs twice");
        }
    }

    private void ReadZip64Extra(ReadOnlySpan<byte> extra, ref long bytes, ref long compressed, ref long offset)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4)
            {
                // Padding that some writers use for alignment need not be a well-formed field.
                return;
            }

            var field = extra.Slice(4, size);
            extra = extra[(4 + size)..];
            if (id != 1)
            {
                continue;
            }

            bytes = bytes == 0xFFFFFFFF ? Take(ref field) : bytes;
            compressed = compressed == 0xFFFFFFFF ? Take(ref field) : compressed;
            offset = offset == 0xFFFFFFFF ? Take(ref field) : offset;
        }
    }

    private long Take(ref ReadOnlySpan<byte> field)
    {
        if (field.Length < 8)
        {
            throw _source.Broken("a zip64 field of the archive is cut short");
        }

        var value = BinaryPrimitives.ReadInt64LittleEndian(field);
        field = field[8..];
        return value;
    }
}
