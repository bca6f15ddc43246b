using System.Diagnostics;
using System.Globalization;

namespace LabelServer.Workers;

/// <summary>The environment that native code needs and that can only be set before a process starts.</summary>
internal static class WorkerEnvironment
{
    private const string Tunables = "GLIBC_TUNABLES";
    private const string OpenMpThreads = "OMP_NUM_THREADS";

    // Threads that wait for the others at the end of a loop spin otherwise. With anything else on the same cores (loading of training data, an inference beside a training) the ones that are waited
    // for cannot run then: a training step on two busy cores took 2.5 to 3 times the CPU time.
    private const string OpenMpWaiting = "OMP_WAIT_POLICY";

    // The C library otherwise maps and unmaps every large tensor, and touching fresh pages costs about half of the speed of a convolution. The threshold is the largest
    // that it accepts; what is kept is given back after each job. Huge pages, where the kernel gives them to those who ask, save a tenth of the network's time,
    // and half of a training step's where a page fault is dear.
    private const string KeepMemory = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=1099511627776:glibc.malloc.mmap_threshold=33554432";

    // A thread that is not the first gets an arena of its own, of pieces of 64 MiB; what is larger is mapped for it after all. With one arena for all threads each window uses the memory of the one
    // before: a fifth less time. A training makes so many tensors of so many sizes that one arena falls to pieces: 6.5 GiB instead of 3.4.
    private const string OneArena = "glibc.malloc.arena_max=1:";

    /// <summary>Sets the variables. What the user has set already stays.</summary>
    public static void Apply(ProcessStartInfo info, WorkerOptions options)
    {
        var environment = info.Environment;
        var keep = options.Trains ? KeepMemory : OneArena + KeepMemory;
        environment[Tunables] = environment.TryGetValue(Tunables, out var tunables) && !string.IsNullOrEmpty(tunables) ? $"{keep}:{tunables}" : keep;
        if (options.Threads is { } threads)
            environment[OpenMpThreads] = threads.ToString(CultureInfo.InvariantCulture);
        else if (!environment.ContainsKey(OpenMpThreads))
            environment[OpenMpThreads] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
        environment.TryAdd(OpenMpWaiting, "passive");
        if (options.VisibleGpus is { } gpus)
            environment["CUDA_VISIBLE_DEVICES"] = gpus;
        if (options.LibraryPath.Length > 0)
            Prepend(environment, OperatingSystem.IsWindows() ? "PATH" : OperatingSystem.IsMacOS() ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH", options.LibraryPath);

        // The worker listens where it is told to, and nowhere else.
        foreach (var name in environment.Keys.Where(k => k.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase) || k is "DOTNET_URLS" or "URLS" or "HTTP_PORTS").ToList())
            environment.Remove(name);
    }

    private static void Prepend(IDictionary<string, string?> environment, string name, string folders) =>
        environment[name] = environment.TryGetValue(name, out var old) && !string.IsNullOrEmpty(old) ? folders + Path.PathSeparator + old : folders;
}
