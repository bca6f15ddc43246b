namespace LabelServer.Hosting;

/// <summary>The names of log levels, as MONAI Label has them.</summary>
internal static class LogLevelNames
{
    private static readonly Dictionary<string, LogLevel> Levels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["DEBUG"] = LogLevel.Debug,
        ["INFO"] = LogLevel.Information,
        ["WARNING"] = LogLevel.Warning,
        ["ERROR"] = LogLevel.Error,
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> All => Levels.Keys;

    /// <summary>The level of a name in any case, or null.</summary>
    public static LogLevel? Find(string name) => Levels.TryGetValue(name, out var level) ? level : null;

    /// <summary>The name of a level.</summary>
    public static string Of(LogLevel level) => Levels.FirstOrDefault(l => l.Value == level).Key ?? level.ToString().ToUpperInvariant();
}
