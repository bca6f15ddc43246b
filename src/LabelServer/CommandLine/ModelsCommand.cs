using System.CommandLine;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver models list | verify | download | export | history | rollback</c>: what the bundles are, and their weights.</summary>
internal static class ModelsCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create() => new("models", "Lists bundles, checks and fetches their weights, exports networks as ONNX, shows what was trained and goes back to it.")
    {
        ModelsListCommand.Create(),
        ModelsVerifyCommand.Create(),
        ModelsDownloadCommand.Create(),
        ModelsExportCommand.Create(),
        ModelsHistoryCommand.Create(),
        ModelsRollbackCommand.Create(),
    };
}
