using System.Diagnostics;
using LabelServer.Inference;

namespace LabelServer.Workers;

/// <summary>Finds the worker's program and the way to start it.</summary>
internal static class WorkerProgram
{
    /// <summary>The environment variable that names the program when it is not beside the server.</summary>
    public const string Variable = "LABELSERVER_WORKER";

    private const string Name = "LabelServer.Worker";

    /// <summary>The program's file.</summary>
    /// <exception cref="WorkerUnavailableException">It is not there.</exception>
    public static string Find(WorkerOptions options)
    {
        var named = options.Program ?? Environment.GetEnvironmentVariable(Variable);
        var candidates = string.IsNullOrEmpty(named) ? Beside(Path.Combine(AppContext.BaseDirectory, "worker")) : [named];
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new WorkerUnavailableException($"The worker's program is missing: looked for {string.Join(" and ", candidates)}. Build or install the whole of LabelServer, or set {Variable} to the program's path.");
    }

    /// <summary>How to start it: a program of its own starts by itself, a <c>.dll</c> by the .NET of <see cref="DotnetInstallation"/>.</summary>
    public static ProcessStartInfo StartInfo(string program)
    {
        var isLibrary = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var info = new ProcessStartInfo(isLibrary ? DotnetInstallation.Program : program)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(program))!,
        };
        if (isLibrary)
            info.ArgumentList.Add(program);
        if (OperatingSystem.IsWindows())
            info.CreateNewProcessGroup = true;
        if (DotnetInstallation.Root is { } root)
            info.Environment["DOTNET_ROOT"] = root;
        return info;
    }

    private static string[] Beside(string folder) => [Path.Combine(folder, OperatingSystem.IsWindows() ? Name + ".exe" : Name), Path.Combine(folder, Name + ".dll")];
}
