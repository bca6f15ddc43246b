using System.Diagnostics;

namespace LabelServer.Worker.Hosting;

/// <summary>Ends the worker when its server is gone: the server holds the other end of standard input, and the system closes it however the server ends.</summary>
internal sealed partial class ParentWatch(TextReader input, IHostApplicationLifetime lifetime, ILogger<ParentWatch> logger) : BackgroundService
{
    // Time for running work to notice the cancellation. Nothing is lost when it does not.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Reading ends at once at the end of the input; the token can not interrupt a read of a pipe on every system, so the read is left behind at a regular stop.
        while (await Task.Run(() => input.ReadLineAsync(stoppingToken).AsTask(), stoppingToken).WaitAsync(stoppingToken) is not null)
        {
        }

        LogServerGone();
        lifetime.StopApplication();
        await Task.Delay(Grace, CancellationToken.None);
        Process.GetCurrentProcess().Kill();
    }

    [LoggerMessage(1, LogLevel.Information, "The server is gone; the worker ends.")]
    private partial void LogServerGone();
}
