using System.IO.Pipes;
using System.Net.Sockets;
using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace LabelServer.Workers;

/// <summary>Where a worker listens and what its calls must carry. On Unix a socket in a folder that only this user can enter; on Windows a named pipe for this user only.</summary>
internal sealed class WorkerEndpoint : IDisposable
{
    /// <summary>The metadata key of the token.</summary>
    public const string TokenKey = "labelserver-token";

    // The socket's path must fit into sockaddr_un.sun_path: 104 bytes on macOS, 108 on Linux.
    private const int MaxSocketPath = 103;
    private readonly string? _folder;

    private WorkerEndpoint(string address, string? folder)
    {
        Address = address;
        _folder = folder;
        Token = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
    }

    /// <summary>The socket's path, or the pipe's name.</summary>
    public string Address { get; }

    /// <summary>Random for each start.</summary>
    public string Token { get; }

    /// <summary>Makes a new address that nobody else can listen on.</summary>
    public static WorkerEndpoint Create()
    {
        if (OperatingSystem.IsWindows())
            return new WorkerEndpoint("labelserver-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), null);
        var folder = Directory.CreateTempSubdirectory("labelserver-").FullName;
        if (folder.Length + 2 > MaxSocketPath)
        {
            // A long TMPDIR: the system's own temporary folder is short everywhere.
            Directory.Delete(folder);
            folder = $"/tmp/labelserver-{Convert.ToHexString(RandomNumberGenerator.GetBytes(6))}";
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new WorkerEndpoint(Path.Combine(folder, "s"), folder);
    }

    /// <summary>Opens a channel; the caller disposes it. Nothing is connected before the first call.</summary>
    public GrpcChannel Connect() => GrpcChannel.ForAddress("http://worker", new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellationToken) => DialAsync(cancellationToken),
            UseProxy = false,
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = 4 << 20,
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = 1 << 20,
        MaxSendMessageSize = 1 << 20,
    });

    /// <summary>Adds the token to every call of a channel.</summary>
    public CallInvoker Authorize(GrpcChannel channel) => channel.Intercept(metadata =>
    {
        metadata.Add(TokenKey, Token);
        return metadata;
    });

    /// <summary>Removes the socket's folder.</summary>
    public void Dispose()
    {
        if (_folder is not null && Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private async ValueTask<Stream> DialAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            var pipe = new NamedPipeClientStream(".", Address, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
            await pipe.ConnectAsync(cancellationToken);
            return pipe;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Address), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
