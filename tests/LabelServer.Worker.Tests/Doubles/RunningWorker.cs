using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using LabelServer.Worker.Calls;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Hosting;
using Microsoft.AspNetCore.Builder;

namespace LabelServer.Worker.Tests.Doubles;

/// <summary>The worker's service inside the test, on a Unix domain socket of its own.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    public const string Token = "the token of this test";
    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;
    private readonly GrpcChannel _channel;

    private RunningWorker(WebApplication app, DirectoryInfo folder, string address)
    {
        _app = app;
        _folder = folder;
        _channel = GrpcChannel.ForAddress("http://worker", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(address), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            },
        });
        Client = new WorkerService.WorkerServiceClient(_channel);
    }

    public static Metadata Authorized => new() { { TokenInterceptor.Key, Token } };

    public WorkerService.WorkerServiceClient Client { get; }

    public static async Task<RunningWorker> StartAsync(IBundleOpener bundles)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The worker listens on a named pipe here.");
        var folder = Directory.CreateTempSubdirectory("lsw-");
        var address = Path.Combine(folder.FullName, "s");
        var app = WorkerHost.Create(new WorkerStart(address, Token), bundles, input: null);
        await app.StartAsync();
        return new RunningWorker(app, folder, address);
    }

    /// <summary>Sends an image and reads all that comes back.</summary>
    public async Task<List<InferDownload>> InferAsync(byte[] image, Action<InferHeader>? change = null, int parts = 1, CancellationToken cancellationToken = default)
    {
        using var call = Client.Infer(Authorized, cancellationToken: cancellationToken);
        var header = new InferHeader
        {
            ImageName = "scan 1",
            BundleFolder = Path.GetTempPath() + "no-such-bundle",
            Parts = parts,
            Parameters = new InferParameters { ResultExtension = ".nrrd" },
        };
        change?.Invoke(header);
        await call.RequestStream.WriteAsync(new InferUpload { Header = header }, cancellationToken);
        for (var part = 0; part < parts; part++)
        {
            await call.RequestStream.WriteAsync(new InferUpload { Part = new PartStart { Name = $"part{part}" } }, cancellationToken);
            foreach (var chunk in image.Chunk(1000))
                await call.RequestStream.WriteAsync(new InferUpload { Chunk = ByteString.CopyFrom(chunk) }, cancellationToken);
        }

        await call.RequestStream.CompleteAsync();
        var messages = new List<InferDownload>();
        while (await call.ResponseStream.MoveNext(cancellationToken))
            messages.Add(call.ResponseStream.Current);
        return messages;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
