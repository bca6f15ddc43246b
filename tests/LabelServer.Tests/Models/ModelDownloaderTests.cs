using System.Net;
using System.Security.Cryptography;
using LabelServer.Bundles.Metadata;
using LabelServer.Models;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Models;

public sealed class ModelDownloaderTests : IDisposable
{
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.Path, "models", "model.pt");

    [Theory]
    [InlineData("md5")]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("sha512")]
    public async Task Fetch_NothingThere_FetchesAndChecks(string hashType)
    {
        var server = new ScriptedHandler(_ => Answer(HttpStatusCode.OK, Weights));

        var outcome = await Fetch(server, Entry(hashType));

        Assert.Equal(DownloadOutcome.Fetched, outcome);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Target, Stop));
        Assert.False(File.Exists(Target + ".part"));
    }

    [Fact]
    public async Task Fetch_RightFileThere_AsksNobody()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllBytesAsync(Target, Weights, Stop);
        var server = new ScriptedHandler(_ => throw new InvalidOperationException("The server was asked."));

        Assert.Equal(DownloadOutcome.AlreadyThere, await Fetch(server, Entry("md5")));
    }

    [Fact]
    public async Task Fetch_OtherFileThere_IsKeptAside()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllTextAsync(Target, "trained here", Stop);

        await Fetch(new ScriptedHandler(_ => Answer(HttpStatusCode.OK, Weights)), Entry("md5"));

        var aside = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Target)!, "model.pt.before-*"));
        Assert.Equal("trained here", await File.ReadAllTextAsync(aside, Stop));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Target, Stop));
    }

    [Fact]
    public async Task Fetch_InterruptedBefore_AsksOnlyForTheRest()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllBytesAsync(Target + ".part", Weights[..100_000], Stop);
        var server = new ScriptedHandler(request =>
        {
            Assert.Equal(100_000, request.Headers.Range!.Ranges.Single().From);
            var answer = Answer(HttpStatusCode.PartialContent, Weights[100_000..]);
            answer.Content.Headers.ContentRange = new(100_000, Weights.Length - 1, Weights.Length);
            return answer;
        });

        await Fetch(server, Entry("sha256"));

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Target, Stop));
    }

    [Fact]
    public async Task Fetch_ServerIgnoresTheRange_StartsAnew()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllBytesAsync(Target + ".part", new byte[100_000], Stop);

        await Fetch(new ScriptedHandler(_ => Answer(HttpStatusCode.OK, Weights)), Entry("sha256"));

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Target, Stop));
    }

    [Fact]
    public async Task Fetch_LineBreaksHalfway_KeepsWhatArrivedAndLeavesTheTargetAlone()
    {
        var server = new ScriptedHandler(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new BreakingStream(Weights[..120_000])) });

        await Assert.ThrowsAnyAsync<Exception>(() => Fetch(server, Entry("md5")));

        Assert.False(File.Exists(Target));
        Assert.Equal(120_000, new FileInfo(Target + ".part").Length);
    }

    [Fact]
    public async Task Fetch_WrongBytes_ThrowsNamingTheChecksumAndKeepsNothing()
    {
        var error = await Assert.ThrowsAsync<ModelDownloadException>(() => Fetch(new ScriptedHandler(_ => Answer(HttpStatusCode.OK, [1, 2, 3])), Entry("md5")));

        Assert.Contains("md5", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
        Assert.False(File.Exists(Target + ".part"));
    }

    [Fact]
    public async Task Fetch_Refused_SaysTheStatusAndTheOtherWay()
    {
        var error = await Assert.ThrowsAsync<ModelDownloadException>(() => Fetch(new ScriptedHandler(_ => Answer(HttpStatusCode.NotFound, [])), Entry("md5")));

        Assert.Contains("404", error.Message, StringComparison.Ordinal);
        Assert.Contains("copy it to models/model.pt", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_Offline_SaysSoPlainly()
    {
        var error = await Assert.ThrowsAsync<ModelDownloadException>(() =>
            Fetch(new ScriptedHandler(_ => throw new HttpRequestException("Name or service not known")), Entry("md5")));

        Assert.StartsWith("models/model.pt: weights.example can not be reached (Name or service not known).", error.Message, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static LargeFile Entry(string type) => new("models/model.pt", new Uri("https://weights.example/model.pt"), Hash(type), type);

    private static string Hash(string type) => Convert.ToHexStringLower(type switch
    {
#pragma warning disable CA5350, CA5351 // Published checksums, not security.
        "md5" => MD5.HashData(Weights),
        "sha1" => SHA1.HashData(Weights),
#pragma warning restore CA5350, CA5351
        "sha256" => SHA256.HashData(Weights),
        _ => SHA512.HashData(Weights),
    });

    private static HttpResponseMessage Answer(HttpStatusCode status, byte[] body) => new(status) { Content = new ByteArrayContent(body) };

    private async Task<DownloadOutcome> Fetch(HttpMessageHandler server, LargeFile entry)
    {
        using var client = new HttpClient(server);
        return await new ModelDownloader(client).FetchAsync(_folder.Path, entry, null, Stop);
    }

    private sealed class ScriptedHandler(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return Task.FromResult(answer(request));
            }
            catch (HttpRequestException error)
            {
                return Task.FromException<HttpResponseMessage>(error);
            }
        }
    }

    private sealed class BreakingStream(byte[] before) : MemoryStream(before)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : throw new HttpIOException(HttpRequestError.ResponseEnded);
        }
    }
}
