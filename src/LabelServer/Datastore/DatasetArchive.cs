using System.IO.Compression;
using LabelServer.Http;

namespace LabelServer.Datastore;

/// <summary>All labelled images with their final labels and the index as a ZIP file, made while it is sent: nothing is written to disk or held in memory.</summary>
internal sealed partial class DatasetArchive(LocalDatastore store, IReadOnlyList<string> imageIds, ILogger logger) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var stop = httpContext.RequestAborted;
        httpContext.Response.ContentType = ContentTypes.Default;
        httpContext.Response.Headers.ContentDisposition = Attachment.Header("dataset.zip");
        await using var body = new DeferredWriteStream(httpContext.Response.Body);
        await WriteAsync(body, stop);
        await body.FlushAsync(stop);
    }

    private async Task WriteAsync(Stream body, CancellationToken stop)
    {
        await using var archive = await ZipArchive.CreateAsync(body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, stop);
        foreach (var id in imageIds)
        {
            try
            {
                await using var image = store.OpenImage(id);
                await using var label = store.OpenLabel(id, LabelTags.Final);
                await AddAsync(archive, "image/" + image.Name, image, stop);
                await AddAsync(archive, "label/" + label.Name, label, stop);
            }
            catch (DatastoreException exception)
            {
                // Removed since the list was made.
                LogLeftOut(id, exception.Message);
            }
        }

        var metadata = archive.CreateEntry("metadata.json", CompressionLevel.Fastest);
        await using var content = await metadata.OpenAsync(stop);
        await content.WriteAsync(store.IndexForClients(), stop);
    }

    private static async Task AddAsync(ZipArchive archive, string name, StoredFile file, CancellationToken cancellationToken)
    {
        // Packed files do not get smaller; raw ones do, a lot.
        var isPacked = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".jpg", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".png", StringComparison.OrdinalIgnoreCase);
        var entry = archive.CreateEntry(name, isPacked ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
        entry.LastWriteTime = file.LastModified < new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero) ? new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero) : file.LastModified;
        await using var content = await entry.OpenAsync(cancellationToken);
        await file.Content.CopyToAsync(content, 128 * 1024, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The image '{Id}' was left out of the archive: {Reason}")]
    private partial void LogLeftOut(string id, string reason);
}
