using System.Diagnostics;
using LabelServer.Worker.Calls;

namespace LabelServer.Worker.Devices;

/// <summary>The most memory that this process occupied since a moment.</summary>
internal static class MemoryPeak
{
    // Writing 5 there sets the peak of a process back to what it occupies now: proc(5), /proc/pid/clear_refs.
    private const string Reset = "/proc/self/clear_refs";

    /// <summary>Gives back what can be given back and starts anew. Where the system has no such thing, the peak stays that since the start of the process.</summary>
    public static void Start()
    {
        NativeMemory.Trim();
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            File.WriteAllText(Reset, "5");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A container may forbid it; the figure is then that since the start, which is an upper bound.
        }
    }

    /// <summary>Bytes at most so far.</summary>
    public static long Read()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
