using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LabelServer.Worker.Hosting;

/// <summary>Puts the worker behind the server in the queue for the processors: it uses all cores for seconds, while the server needs one for a millisecond and a person waits for it.</summary>
/// <remarks>Where nothing else wants the processors it runs as fast as before.</remarks>
internal static partial class ProcessPriority
{
    // A third of the share of a process that has not stepped back: the server is never kept waiting, and beside other programs the worker still gets on.
    private const int Niceness = 5;

    /// <summary>Steps back. A system that does not allow it leaves things as they are.</summary>
    public static void StepBack()
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Process.GetCurrentProcess().PriorityClass = ProcessPriorityClass.BelowNormal;
            else
                _ = SetPriority(0, 0, Niceness);
        }
        catch (Exception error) when (error is Win32Exception or EntryPointNotFoundException)
        {
            Console.Error.WriteLine($"The priority stays as it is: {error.Message}");
        }
    }

    // Which 0: a process; who 0: this one. Threads that exist already keep theirs on Linux, so it is called before any are made that compute.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int niceness);
}
