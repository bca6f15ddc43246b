using System.Threading.Channels;

namespace LabelServer.Audit;

/// <summary>Records who changed what, as JSON lines that are on the disk before the change is acknowledged.</summary>
/// <remarks>
/// <para>Requests hand their lines to one writer, which writes all that wait and flushes once. A request waits for its line, but never longer than <see cref="Patience"/>: a disk that hangs must not stop the
/// annotators. What could not be written goes to the server's log whole, as an error, is counted, and <c>/health/ready</c> says so: nothing is lost silently.</para>
/// <para>Safe for concurrent use. Disposing writes what waits.</para>
/// </remarks>
public sealed partial class AuditLog : IAsyncDisposable
{
    /// <summary>How long a request waits for its line.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int Capacity = 20_000;
    private readonly AuditFile _file;
    private readonly ILogger<AuditLog> _logger;
    private readonly Channel<Line> _lines = Channel.CreateBounded<Line>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Lazy<Task> _writer;
    private long _failures;

    /// <summary>Creates the log. The file is opened for the first line.</summary>
    public AuditLog(AuditOptions options, TimeProvider time, ILogger<AuditLog> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _file = new AuditFile(options.Folder, options.SizeLimit, options.KeptFiles, time);
        _logger = logger;
        _writer = new Lazy<Task>(() => Task.Run(WriteAllAsync));
    }

    /// <summary>How many lines could not be written.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Whether the last attempt to write failed.</summary>
    public bool IsFailing { get; private set; }

    /// <summary>Records an entry; returns when it is on the disk, or when it is certain or likely that it will not be soon.</summary>
    public async Task AppendAsync(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _ = _writer.Value;
        var line = new Line(entry.ToLine(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_lines.Writer.TryWrite(line))
        {
            Fail([line], "too many lines wait for the disk");
            return;
        }

        try
        {
            await line.Written.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            LogSlow(Patience.TotalSeconds);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        if (_writer.IsValueCreated)
            await _writer.Value;
        _file.Dispose();
    }

    private async Task WriteAllAsync()
    {
        const int MostAtOnce = 256;
        var batch = new List<Line>();
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (batch.Count < MostAtOnce && _lines.Reader.TryRead(out var line))
                batch.Add(line);
            Write(batch);
            batch.Clear();
        }
    }

    private void Write(List<Line> batch)
    {
        try
        {
            _file.Append(batch.SelectMany(l => l.Bytes).ToArray());
            IsFailing = false;
            foreach (var line in batch)
                line.Written.TrySetResult();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Fail(batch, error.Message);
        }
    }

    private void Fail(List<Line> lines, string reason)
    {
        IsFailing = true;
        Interlocked.Add(ref _failures, lines.Count);
        foreach (var line in lines)
        {
            LogLost(reason, System.Text.Encoding.UTF8.GetString(line.Bytes).TrimEnd());
            line.Written.TrySetResult();
        }
    }

    [LoggerMessage(130, LogLevel.Critical, "The audit log cannot be written ({Reason}). The entry was: {Entry}")]
    private partial void LogLost(string reason, string entry);

    [LoggerMessage(131, LogLevel.Error, "The audit log has not written an entry within {Seconds} s; the request goes on, the entry still waits.")]
    private partial void LogSlow(double seconds);

    private sealed record Line(byte[] Bytes, TaskCompletionSource Written);
}
