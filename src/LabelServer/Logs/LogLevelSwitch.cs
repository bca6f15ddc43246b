using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace LabelServer.Logs;

/// <summary>The lowest level that is logged; it can be changed while the server runs (<c>PUT /logs/level</c>). A restart takes the one of the command line again.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class LogLevelSwitch(LogLevel level) : IOptionsChangeTokenSource<LoggerFilterOptions>, IConfigureOptions<LoggerFilterOptions>, IDisposable
{
    private volatile int _level = (int)level;
    private CancellationTokenSource _changed = new();

    /// <inheritdoc/>
    public string? Name => Options.DefaultName;

    /// <summary>The level.</summary>
    public LogLevel Level
    {
        get => (LogLevel)_level;
        set
        {
            _level = (int)value;
            var former = Interlocked.Exchange(ref _changed, new CancellationTokenSource());
            former.Cancel();
            former.Dispose();
        }
    }

    /// <inheritdoc/>
    public IChangeToken GetChangeToken() => new CancellationChangeToken(_changed.Token);

    /// <inheritdoc/>
    public void Configure(LoggerFilterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.MinLevel = Level;
    }

    /// <inheritdoc/>
    public void Dispose() => _changed.Dispose();
}
