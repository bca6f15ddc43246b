namespace LabelServer.BundleRuns;

/// <summary>Reads the level out of a file of Python's logging (<c>configs/logging.conf</c>).</summary>
/// <remarks>
/// <para>Source: https://docs.python.org/3/library/logging.config.html#configuration-file-format. What the root logger and at least one of its handlers let through is written; handlers' classes,
/// arguments and formats name Python code and are not used.</para>
/// </remarks>
internal static class LoggingFile
{
    /// <summary>The least level that is written.</summary>
    /// <exception cref="BundleRunException">The file is missing, or has no root logger.</exception>
    public static LogLevel ReadLevel(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BundleRunException($"--logging_file: {path} cannot be read: {error.Message}", error);
        }

        var sections = Sections(lines);
        if (!sections.TryGetValue("logger_root", out var root))
        {
            throw new BundleRunException($"--logging_file: {path} has no section [logger_root]. It must be a file for Python's logging, such as the configs/logging.conf of the model zoo's bundles.");
        }

        var least = Level(root.GetValueOrDefault("level"), path);
        var handlers = (root.GetValueOrDefault("handlers") ?? string.Empty)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(name => sections.GetValueOrDefault("handler_" + name))
            .OfType<Dictionary<string, string>>()
            .Select(handler => Level(handler.GetValueOrDefault("level"), path))
            .ToList();
        var shown = handlers.Count == 0 ? LogLevel.Trace : handlers.Min();
        return least > shown ? least : shown;
    }

    private static LogLevel Level(string? name, string path) => name?.ToUpperInvariant() switch
    {
        null or "" or "NOTSET" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFO" => LogLevel.Information,
        "WARN" or "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "CRITICAL" or "FATAL" => LogLevel.Critical,
        _ => throw new BundleRunException($"--logging_file: {path} has the level '{name}'. Use DEBUG, INFO, WARNING, ERROR or CRITICAL."),
    };

    private static Dictionary<string, Dictionary<string, string>> Sections(string[] lines)
    {
        var sections = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        Dictionary<string, string>? current = null;
        foreach (var line in lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] is not ('#' or ';')))
        {
            if (line is ['[', .. var name, ']'])
            {
                sections[name.Trim()] = current = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            }
            else if (line.IndexOfAny(['=', ':']) is > 0 and var at && current is not null)
            {
                current[line[..at].Trim()] = line[(at + 1)..].Trim();
            }
        }

        return sections;
    }
}
