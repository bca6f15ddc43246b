using System.Buffers;
using System.Security.Cryptography;
using LabelServer.Datastore.Disk;
using LabelServer.Datastore.Names;
using LabelServer.Errors;
using LabelServer.Http;

namespace LabelServer.Datastore;

/// <summary>Takes in uploads: streams them to the disk on which they are to stay.</summary>
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
            await content.CopyToAsync(file, BlockLength, cancellationToken);
            return new(path, FileExtensions.LastPart(fileName), file.Length, disk.Delete);
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
    public ReceivedFile Adopt(UploadedFile file) => new(file.Path, FileExtensions.LastPart(file.FileName), file.Length, disk.Delete);

    /// <summary>The checksum of a file as clients get it: <c>SHA256:</c> and 64 lower case hex digits.</summary>
    public static async Task<string> ChecksumAsync(Stream content, CancellationToken cancellationToken)
    {
        // In large blocks, since the file has no buffer of its own.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            for (int count; (count = await content.ReadAsync(block, cancellationToken)) > 0;)
            {
                hash.AppendData(block, 0, count);
            }

            return "SHA256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>The error for a full disk.</summary>
    public static StorageFullException Full(string folder, Exception cause) =>
        new($"There is no room left on the disk of the studies folder '{Path.GetFileName(folder)}'. Nothing was changed. Make room on the server, then send it again.", cause);
}
