namespace LabelServer.Workers;

/// <summary>Puts a worker's lines into the server's log and keeps the last of them for messages. Safe for concurrent use.</summary>
internal sealed partial class WorkerLog(ILogger<WorkerLog> logger)
{
    private const int Kept = 40;
    private const int MaxLine = 2000;
    private readonly Queue<string> _last = new();

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_last)
                return [.. _last];
        }
    }

    /// <summary>Takes a line as the worker wrote it: with systemd's priority prefix when it came from its logger, without when from native code.</summary>
    public void Write(int processId, string line)
    {
        var (level, text) = Parse(line);
        lock (_last)
        {
            if (_last.Count == Kept)
                _last.Dequeue();
            _last.Enqueue(text);
        }

        LogLine(level, processId, text);
    }

    internal static (LogLevel Level, string Text) Parse(string line)
    {
        var level = LogLevel.Warning;
        if (line.Length > 3 && line[0] == '<' && char.IsAsciiDigit(line[1]) && line[2] == '>')
        {
            level = line[1] switch
            {
                '0' or '1' or '2' => LogLevel.Critical,
                '3' => LogLevel.Error,
                '4' => LogLevel.Warning,
                '5' or '6' => LogLevel.Information,
                _ => LogLevel.Debug,
            };
            line = line[3..];
        }

        return (level, line.Length <= MaxLine ? line : line[..MaxLine]);
    }

    [LoggerMessage(EventId = 1, Message = "Worker {ProcessId}: {Line}")]
    private partial void LogLine(LogLevel level, int processId, string line);
}
