using System.Runtime.InteropServices;

namespace LabelServer.Inference.Networks;

/// <summary>The part for people of what a native library says: libtorch appends its own call stack to each message.</summary>
public static class NativeMessage
{
    // TorchScript's first line only says that something failed; the reason comes last, after the script's own call stack.
    private const string ScriptFailed = "The following operation failed in the TorchScript interpreter.";
    private const string ScriptReason = "RuntimeError: ";

    /// <summary>The first line of a native library's message, or of a TorchScript's reason; the message of every other exception as it is.</summary>
    public static string Of(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error is not ExternalException)
        {
            return error.Message;
        }

        var lines = error.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
        {
            return error.GetType().Name;
        }

        return lines[0] == ScriptFailed && Array.Find(lines, line => line.StartsWith(ScriptReason, StringComparison.Ordinal)) is { } reason ? reason[ScriptReason.Length..] : lines[0];
    }
}
