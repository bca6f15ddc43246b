using System.Globalization;

namespace LabelServer.BundleRuns;

/// <summary>The lines that a running command writes, those from a level on. Safe for concurrent use.</summary>
/// <param name="output">Where they go.</param>
/// <param name="least">The least level that is written.</param>
internal sealed class RunConsole(TextWriter output, LogLevel least)
{
    private readonly Lock _gate = new();

    /// <summary>Writes a line.</summary>
    public void Write(LogLevel level, string line)
    {
        if (level < least)
        {
            return;
        }

        lock (_gate)
        {
            output.WriteLine(level >= LogLevel.Warning ? $"{level.ToString().ToUpperInvariant()}: {line}" : line);
        }
    }

    /// <summary>Writes a line of progress.</summary>
    public void Info(FormattableString line) => Write(LogLevel.Information, line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes a line of detail, such as each batch.</summary>
    public void Debug(FormattableString line) => Write(LogLevel.Debug, line.ToString(CultureInfo.InvariantCulture));
}
