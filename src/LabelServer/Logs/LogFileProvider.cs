using System.Globalization;

namespace LabelServer.Logs;

/// <summary>Writes log entries to a <see cref="RotatingLogFile"/> in MONAI Label's format: <c>[time] [pid] [thread] [level] (logger:line) - message</c>.</summary>
/// <remarks>.NET knows no source line; the number is that of the event. What belongs to a request ends with its id, as the answer carries it.</remarks>
internal sealed class LogFileProvider(RotatingLogFile file, TimeProvider time) : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider? _scopes;

    public ILogger CreateLogger(string categoryName) => new Writer(this, file, time, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => file.Dispose();

    private string RequestId()
    {
        var found = new string?[1];
        _scopes?.ForEachScope((scope, ids) => ids[0] = scope is Http.RequestScope request ? request.Id : ids[0], found);
        return found[0] is { } id ? $" [request {id}]" : string.Empty;
    }

    private sealed class Writer(LogFileProvider provider, RotatingLogFile file, TimeProvider time, string category) : ILogger
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
                $"[{stamp}] [{Environment.ProcessId}] [Thread-{Environment.CurrentManagedThreadId}] [{Name(logLevel)}] ({category}:{eventId.Id}) - {message}{provider.RequestId()}{trace}"));
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
