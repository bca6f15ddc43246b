using System.Runtime.InteropServices;

namespace LabelServer.Worker.Calls;

/// <summary>Gives memory back to the system after a job. During one the allocator is tuned to keep it, since fetching it anew for each window costs half of the speed.</summary>
internal static partial class NativeMemory
{
    /// <summary>Returns what the C library holds without need (glibc only), and what the garbage collector does.</summary>
    public static void Trim()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library other than glibc, such as musl: it has no such call and needs none.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
