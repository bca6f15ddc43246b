using System.Runtime.InteropServices;

namespace LabelServer.Worker.Hosting;

/// <summary>Takes the worker out of the server's process group, so that Ctrl+C in a terminal reaches the server alone, which then ends its workers in order.</summary>
/// <remarks>On Windows the server starts the worker in a group of its own instead.</remarks>
internal static partial class ProcessGroup
{
    /// <summary>Makes this process the leader of a group of its own. Harmless when it is one already.</summary>
    public static void Leave()
    {
        // A failure means that the process leads a group already, which is what is wanted.
        if (!OperatingSystem.IsWindows())
            _ = SetProcessGroup(0, 0);
    }

    [LibraryImport("libc", EntryPoint = "setpgid")]
    private static partial int SetProcessGroup(int process, int group);
}
