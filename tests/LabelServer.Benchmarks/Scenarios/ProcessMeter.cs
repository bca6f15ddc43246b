using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>What a running process has used, as the operating system counts it.</summary>
internal static class ProcessMeter
{
    /// <summary>Peak memory and processor time.</summary>
    public static JsonObject Read(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return new()
        {
            ["peakMiB"] = Math.Round(PeakBytes(process) / 1048576.0, 1),
            ["cpuSeconds"] = Math.Round(process.TotalProcessorTime.TotalSeconds, 2),
        };
    }

    /// <summary>Processes that a process has started and that still run; Linux only, else none.</summary>
    public static IReadOnlyList<int> Children(int processId)
    {
        if (!OperatingSystem.IsLinux())
            return [];
        return [.. Directory.EnumerateDirectories($"/proc/{processId}/task")
            .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
    }

    /// <summary>The processor time of a process, of its children and of those that have ended, in seconds; Linux only, else 0.</summary>
    public static double TreeSeconds(int processId)
    {
        if (!OperatingSystem.IsLinux())
            return 0;

        // Behind the name in brackets: user and system time of the process at 11 and 12, of children that were waited for at 13 and 14, in hundredths.
        var fields = File.ReadAllText($"/proc/{processId}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (fields[11..15].Sum(f => double.Parse(f, CultureInfo.InvariantCulture)) / 100) + Children(processId).Sum(TreeSeconds);
    }

    // On Linux .NET's own figure is that of virtual memory's peak of now; the high-water mark is in /proc.
    private static long PeakBytes(Process process)
    {
        if (!OperatingSystem.IsLinux())
            return process.PeakWorkingSet64;
        var line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
