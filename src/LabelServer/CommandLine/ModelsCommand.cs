using System.CommandLine;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver models list | verify | download</c>: what the bundles are, and their weights.</summary>
internal static class ModelsCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create() => new("models", "Lists bundles, checks their weights and fetches those that are missing.")
    {
        ModelsListCommand.Create(),
        ModelsVerifyCommand.Create(),
        ModelsDownloadCommand.Create(),
    };
}
