using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using LabelServer.Imaging;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Datastore.Checks;

/// <summary>Sees whether a NIfTI file holds all its voxels, block by block: a whole CT never lies in memory for that. Unpacking also checks gzip's own checksum.</summary>
internal static class NiftiLength
{
    private const int BlockLength = 256 * 1024;

    // As the reader of images has it: some writers pad with zeros; what goes on for longer, or with something else, is no image of that header.
    private const long MostPadding = 1 << 20;

    /// <summary>Refuses a file that is cut short, and one that goes on after its voxels: a small file may unpack to any size.</summary>
    /// <param name="content">The file from its start; seekable.</param>
    /// <param name="header">What its header says.</param>
    /// <param name="name">The image's name, for messages.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="VolumeFormatException">Voxels are missing, something else follows them, or the packed bytes are damaged.</exception>
    public static async Task RequireAsync(Stream content, VolumeHeader header, string name, CancellationToken cancellationToken)
    {
        var start = new byte[2];
        var isPacked = await content.ReadAtLeastAsync(start, 2, throwOnEndOfStream: false, cancellationToken) == 2 && start is [0x1F, 0x8B];
        content.Position = 0;
        await using var unpacked = isPacked ? new GZipStream(content, CompressionMode.Decompress, leaveOpen: true) : null;
        var block = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            var source = unpacked ?? content;
            var head = await source.ReadAtLeastAsync(block, 540, throwOnEndOfStream: false, cancellationToken);
            var needed = VoxelOffset(block.AsSpan(0, head), header.Format) + (header.Grid.Size.VoxelCount * header.Channels * SampleTypes.SizeOf(header.StoredType));
            long length = head;
            RequirePadding(block.AsSpan(0, head), length, needed, name);
            for (int count; (count = await source.ReadAsync(block, cancellationToken)) > 0;)
            {
                length += count;
                RequirePadding(block.AsSpan(0, count), length, needed, name);
            }

            if (length < needed)
            {
                throw new VolumeFormatException($"The image '{name}' is cut short: its header needs {needed} bytes, it has {length}. Send the whole file again.");
            }
        }
        catch (InvalidDataException exception)
        {
            throw new VolumeFormatException($"The image '{name}' is damaged: its gzip data cannot be unpacked ({exception.Message}). The file may be cut short; send it again.", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static void RequirePadding(ReadOnlySpan<byte> block, long length, long needed, string name)
    {
        var extra = (int)Math.Min(block.Length, length - needed);
        if (extra > 0 && (length - needed > MostPadding || block[^extra..].ContainsAnyExcept((byte)0)))
        {
            throw new VolumeFormatException(
                $"The image '{name}' goes on after the last voxel that its header names (at byte {needed}). Header and data do not belong together; export the image again.");
        }
    }

    // Where the voxels begin: NIfTI-1 byte 108, float32; NIfTI-2 byte 168, int64. The first field, the header's length, tells the byte order.
    private static long VoxelOffset(ReadOnlySpan<byte> head, VolumeFormat format)
    {
        var isLittleEndian = BinaryPrimitives.ReadInt32LittleEndian(head) is 348 or 540;
        if (format == VolumeFormat.Nifti2)
        {
            var offset = head[168..];
            return Math.Max(0, isLittleEndian ? BinaryPrimitives.ReadInt64LittleEndian(offset) : BinaryPrimitives.ReadInt64BigEndian(offset));
        }

        var position = isLittleEndian ? BinaryPrimitives.ReadSingleLittleEndian(head[108..]) : BinaryPrimitives.ReadSingleBigEndian(head[108..]);
        return float.IsFinite(position) ? Math.Max(0, (long)position) : 0;
    }
}
