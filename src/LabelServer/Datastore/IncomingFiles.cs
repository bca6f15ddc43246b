using System.Buffers;
using System.Security.Cryptography;
using LabelServer.Datastore.Disk;
using LabelServer.Datastore.Names;
using LabelServer.Errors;

namespace LabelServer.Datastore;

/// <summary>Takes in uploads: streams them to the disk on which they are to stay, and counts their checksum on the way.</summary>
internal sealed class IncomingFiles(StudiesLayout layout, IStoreDisk disk)
{
    private const int BlockLength = 128 * 1024;

    /// <summary>Streams an upload to disk.</summary>
    /// <exception cref="StorageFullException">The disk is full.</exception>
    public async Task<ReceivedFile> ReceiveAsync(Stream content, string? fileName, CancellationToken cancellationToken)
    {
        var path = Path.Combine(layout.Incoming, Guid.NewGuid().ToString("N") + ".upload");
        try
        {
            disk.CreateFolder(layout.Incoming);
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0, FileOptions.Asynchronous);
            var (length, checksum) = await CopyAsync(content, file, cancellationToken);
            return new(path, FileExtensions.LastPart(fileName), length, checksum, disk.Delete);
        }
        catch (Exception exception)
        {
            disk.Delete(path);
            if (exception is IOException full && DiskFull.Is(full))
            {
                throw Full(layout.Root, full);
            }

            throw;
        }
    }

    /// <summary>Takes over a file that was streamed into <see cref="StudiesLayout.Incoming"/> by the reader of a form.</summary>
    public async Task<ReceivedFile> AdoptAsync(string path, string? fileName, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var (length, checksum) = await CopyAsync(file, Stream.Null, cancellationToken);
        return new(path, FileExtensions.LastPart(fileName), length, checksum, disk.Delete);
    }

    /// <summary>The checksum of a file as clients get it.</summary>
    public static async Task<string> ChecksumAsync(Stream content, CancellationToken cancellationToken) => (await CopyAsync(content, Stream.Null, cancellationToken)).Checksum;

    /// <summary>The error for a full disk.</summary>
    public static StorageFullException Full(string folder, Exception cause) =>
        new($"There is no room left on the disk of the studies folder '{Path.GetFileName(folder)}'. Nothing was changed. Make room on the server, then send it again.", cause);

    private static async Task<(long Length, string Checksum)> CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            long length = 0;
            for (int count; (count = await from.ReadAsync(block, cancellationToken)) > 0; length += count)
            {
                hash.AppendData(block, 0, count);
                await to.WriteAsync(block.AsMemory(0, count), cancellationToken);
            }

            return (length, "SHA256:" + Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
