namespace LabelServer.CommandLine;

/// <summary>Exit codes that commands share.</summary>
internal static class ExitCodes
{
    /// <summary>Ctrl+C or a termination signal: what shells have for a program that was interrupted, 128 and the number of SIGINT.</summary>
    public const int Cancelled = 130;
}
