using System.Diagnostics;
using LabelServer.Testing;

namespace LabelServer.EndToEnd.Processes;

/// <summary>Runs the <c>labelserver</c> program that was built with these tests, or the one that the environment variable <c>LABELSERVER_PROGRAM</c> names: a <c>.dll</c> or a program of its own.</summary>
internal static class ServerProgram
{
    /// <summary>The program, in the build's own folder, so that what is tested is what users start.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("LABELSERVER_PROGRAM") is { Length: > 0 } named ? System.IO.Path.GetFullPath(named) : System.IO.Path.Combine(
        SharedFolders.Repository,
        "src",
        "LabelServer",
        "bin",
        AppContext.BaseDirectory.Contains($"{System.IO.Path.DirectorySeparatorChar}Release{System.IO.Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug",
        "net10.0",
        "labelserver.dll");

    /// <summary>Starts it; each line of both outputs goes to <paramref name="onLine"/>.</summary>
    public static Process Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, Action<string> onLine, string? workingDirectory = null)
    {
        var info = ProgramStart.Of(Path, workingDirectory ?? System.IO.Path.GetTempPath());
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        foreach (var name in info.Environment.Keys.Where(k => k.StartsWith("MONAI_LABEL_", StringComparison.Ordinal)).ToList())
            info.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            info.Environment[name] = value;
        var process = new Process { StartInfo = info, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) => Forward(e.Data);
        process.ErrorDataReceived += (_, e) => Forward(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Forward(string? line)
        {
            if (line is not null)
                onLine(line);
        }
    }

    /// <summary>Runs it to its end; returns the exit code and both outputs.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) => RunInAsync(null, arguments);

    /// <summary>Runs it to its end in a folder; returns the exit code and both outputs.</summary>
    public static async Task<(int ExitCode, string Output)> RunInAsync(string? workingDirectory, params string[] arguments)
    {
        var output = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var process = Start(arguments, null, output.Enqueue, workingDirectory);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, string.Join('\n', output));
    }

    /// <summary>Sends the signal that asks a process to stop. Windows has none for a process without a console of its own.</summary>
    public static async Task TerminateAsync(Process process)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
