namespace LabelServer.Sessions;

/// <summary>Removes the files of expired sessions, at start and from time to time.</summary>
internal sealed partial class SessionCleaner(SessionStore sessions, SessionOptions options, TimeProvider time, ILogger<SessionCleaner> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Off the path of the start: a store may hold thousands of files.
        await Task.Yield();
        using var timer = new PeriodicTimer(options.CleaningInterval, time);
        try
        {
            do
            {
                Clean();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Clean()
    {
        try
        {
            sessions.Clean();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotCleaned(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired sessions could not be removed; it is tried again.")]
    private partial void LogNotCleaned(Exception exception);
}
