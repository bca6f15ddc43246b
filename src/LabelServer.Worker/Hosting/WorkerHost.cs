using System.Diagnostics;
using LabelServer.Worker.Calls;
using LabelServer.Worker.Devices;
using LabelServer.Worker.Runtimes;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LabelServer.Worker.Hosting;

/// <summary>Puts the worker's gRPC service together.</summary>
internal static class WorkerHost
{
    /// <summary>The line on standard output that says that calls are taken now.</summary>
    public const string ReadyLine = "labelserver-worker ready";

    /// <summary>The longest message, in bytes. Volumes cross as chunks, so nothing longer is ever needed.</summary>
    public const int MaxMessageBytes = 1 << 20;

    /// <summary>Creates the host; it listens after its start.</summary>
    /// <param name="start">Where to listen, and the token.</param>
    /// <param name="bundles">How bundles are opened; null takes the runtimes that are built in.</param>
    /// <param name="input">Standard input, whose end means that the server is gone; null when nobody needs to be watched.</param>
    public static WebApplication Create(WorkerStart start, IBundleOpener? bundles, TextReader? input)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddSystemdConsole(options => options.IncludeScopes = false);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning);

        // A start that was cancelled is no failure, and one that failed ends the process with the reason on standard error.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.WebHost.ConfigureKestrel(options => Listen(options, start.Address));
        builder.Services.AddSingleton(start);
        builder.Services.AddRuntimes();
        if (bundles is not null)
            builder.Services.AddSingleton(bundles);
        builder.Services.AddSingleton<DeviceInventory>();
        builder.Services.AddSingleton<InferenceLanes>(provider => new InferenceLanes(
            provider.GetRequiredService<DeviceInventory>(), provider.GetRequiredService<IBundleOpener>(), provider.GetRequiredService<ILogger<BundleRunnerCache>>()));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MaxMessageBytes;
            options.MaxSendMessageSize = MaxMessageBytes;
            options.Interceptors.Add<TokenInterceptor>();
        });
        if (input is not null)
        {
            builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ParentWatch>(provider, input, (Action)Process.GetCurrentProcess().Kill));
        }

        var app = builder.Build();
        app.MapGrpcService<WorkerGrpcService>();
        return app;
    }

    private static void Listen(KestrelServerOptions options, string address)
    {
        // A volume of half a gigabyte may wait here while another one is computed.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.Http2.InitialStreamWindowSize = 4 << 20;
        options.Limits.Http2.InitialConnectionWindowSize = 8 << 20;
        if (OperatingSystem.IsWindows())
            options.ListenNamedPipe(address, listen => listen.Protocols = HttpProtocols.Http2);
        else
            options.ListenUnixSocket(address, listen => listen.Protocols = HttpProtocols.Http2);
    }
}
