using System.Globalization;

namespace LabelServer.Logs;

/// <summary>Writes log entries to a <see cref="RotatingLogFile"/> in MONAI Label's format: <c>[time] [pid] [thread] [level] (logger:line) - message</c>.</summary>
/// <remarks>.NET knows no source line; the number is that of the event.</remarks>
internal sealed class LogFileProvider(RotatingLogFile file, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Writer(file, time, categoryName);

    public void Dispose() => file.Dispose();

    private sealed class Writer(RotatingLogFile file, TimeProvider time, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // A client's text must not be able to forge an entry of its own.
            var message = formatter(state, exception).ReplaceLineEndings("\n    ");
            var stamp = time.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss,fff", CultureInfo.InvariantCulture);
            var trace = exception is null ? string.Empty : "\n    " + exception.ToString().ReplaceLineEndings("\n    ");
            file.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"[{stamp}] [{Environment.ProcessId}] [Thread-{Environment.CurrentManagedThreadId}] [{Name(logLevel)}] ({category}:{eventId.Id}) - {message}{trace}"));
        }

        private static string Name(LogLevel level) => level switch
        {
            LogLevel.Trace or LogLevel.Debug => "DEBUG",
            LogLevel.Information => "INFO",
            LogLevel.Warning => "WARNING",
            LogLevel.Error => "ERROR",
            _ => "CRITICAL",
        };
    }
}
