using System.Diagnostics;

namespace LabelServer.Testing;

/// <summary>How a program of this repository is started: a <c>.dll</c> by the .NET runtime, everything else by itself.</summary>
public static class ProgramStart
{
    /// <summary>A start with both outputs redirected, and with no arguments of the program's own yet.</summary>
    /// <param name="program">The program's file.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    public static ProcessStartInfo Of(string program, string workingDirectory)
    {
        var isLibrary = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var info = new ProcessStartInfo(isLibrary ? "dotnet" : program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = workingDirectory };
        if (isLibrary)
            info.ArgumentList.Add(program);
        return info;
    }
}
