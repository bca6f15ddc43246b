namespace LabelServer.Worker.Hosting;

/// <summary>Ends the worker when its server is gone: the server holds the other end of standard input, and the system closes it however the server ends.</summary>
/// <param name="input">Standard input.</param>
/// <param name="lifetime">What is asked to stop.</param>
/// <param name="endProcess">Ends the process when stopping takes too long.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ParentWatch(TextReader input, IHostApplicationLifetime lifetime, Action endProcess, TimeProvider time, ILogger<ParentWatch> logger) : BackgroundService
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
        await Task.Delay(Grace, time, CancellationToken.None);
        endProcess();
    }

    [LoggerMessage(1, LogLevel.Information, "The server is gone; the worker ends.")]
    private partial void LogServerGone();
}
