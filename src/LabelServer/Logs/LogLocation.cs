namespace LabelServer.Logs;

/// <summary>Where the log file lies.</summary>
/// <param name="Path">The current file, or null when the log goes to the console only because no folder can be written.</param>
internal sealed record LogLocation(string? Path);
