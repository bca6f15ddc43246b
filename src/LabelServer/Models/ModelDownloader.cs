using System.Net;
using System.Net.Http.Headers;
using LabelServer.Bundles.Metadata;

namespace LabelServer.Models;

/// <summary>What became of one large file.</summary>
public enum DownloadOutcome
{
    /// <summary>It was there already and its checksum fits, or none is given.</summary>
    AlreadyThere,

    /// <summary>It was fetched.</summary>
    Fetched,
}

/// <summary>Fetches the large files of a bundle. A file that is there and fits is left alone; an interrupted download goes on where it stopped; nothing appears under its name before its checksum fits.</summary>
/// <param name="client">Follows the system's proxy settings and <c>HTTPS_PROXY</c> unless told otherwise.</param>
public sealed class ModelDownloader(HttpClient client)
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Fetches one file of a bundle.</summary>
    /// <param name="bundleFolder">The bundle's folder.</param>
    /// <param name="file">The entry of <c>large_files.yml</c>; its path is checked to stay inside the folder.</param>
    /// <param name="progress">Told the bytes that are there and the bytes in all, or null when the server does not say.</param>
    /// <param name="cancellationToken">Stops; what arrived stays for the next time.</param>
    /// <exception cref="ModelDownloadException">The server can not be reached, refuses, or sends other bytes than the checksum says.</exception>
    public async Task<DownloadOutcome> FetchAsync(string bundleFolder, LargeFile file, Action<long, long?>? progress, CancellationToken cancellationToken)
    {
        var target = Path.Combine(bundleFolder, file.Path.Replace('/', Path.DirectorySeparatorChar));
        if (File.Exists(target) && await FitsAsync(target, file, cancellationToken))
            return DownloadOutcome.AlreadyThere;
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var part = target + ".part";
        await ReceiveAsync(file, part, progress, cancellationToken);
        if (!await FitsAsync(part, file, cancellationToken))
        {
            File.Delete(part);
            throw new ModelDownloadException($"{file.Path}: what {file.Url} sent does not have the checksum {file.HashType} {file.HashValue} that large_files.yml gives. It was thrown away; try again, and if it stays so the published file has changed.");
        }

        if (File.Exists(target))
            File.Move(target, $"{target}.before-{File.GetLastWriteTimeUtc(target):yyyyMMddTHHmmss}", overwrite: true);
        File.Move(part, target);
        return DownloadOutcome.Fetched;
    }

    /// <summary>Whether a file has the checksum that the list gives; true when it gives none and the file is not empty.</summary>
    public static async Task<bool> FitsAsync(string path, LargeFile file, CancellationToken cancellationToken) =>
        file is { HashType: { } type, HashValue: { } value }
            ? await Checksum.OfAsync(path, type, null, cancellationToken) == value
            : new FileInfo(path).Length > 0;

    private async Task ReceiveAsync(LargeFile file, string part, Action<long, long?>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var have = File.Exists(part) ? new FileInfo(part).Length : 0;
            using var response = await AskAsync(file, have, cancellationToken);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                return; // All of it is there already; the checksum decides.
            if (!response.IsSuccessStatusCode)
                throw new ModelDownloadException($"{file.Path}: {file.Url} answered {(int)response.StatusCode} {response.ReasonPhrase}. {Elsewhere(file)}");
            var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
            var done = resumed ? have : 0;
            var total = response.Content.Headers.ContentLength is { } rest ? done + rest : (long?)null;
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await using var output = new FileStream(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
            var buffer = new byte[BufferBytes];
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                progress?.Invoke(done += read, total);
            }

            output.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is HttpRequestException or HttpIOException || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ModelDownloadException($"{file.Path}: {file.Url.Host} can not be reached ({Reason(error)}). If this machine reaches the internet through a proxy, set HTTPS_PROXY. {Elsewhere(file)}", error);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(LargeFile file, long from, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, file.Url);
        if (from > 0)
            request.Headers.Range = new RangeHeaderValue(from, null);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static string Reason(Exception error) => error is TaskCanceledException ? "no answer in time" : (error.InnerException ?? error).Message;

    private static string Elsewhere(LargeFile file) => $"Or fetch it on another machine and copy it to {file.Path} in the bundle's folder; then run this again to check it.";
}
