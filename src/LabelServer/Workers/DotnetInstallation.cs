using System.Runtime.InteropServices;

namespace LabelServer.Workers;

/// <summary>The .NET installation that starts a program which does not bring its own: the one that runs this process, or, where the server is machine code without a runtime, the one that a user's shell would take.</summary>
internal static class DotnetInstallation
{
    private static readonly string Host = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

    /// <summary>The installation's folder, or null where none was found: programs then look in the places where the system's installers put one.</summary>
    public static string? Root { get; } = Find(RuntimeEnvironment.GetRuntimeDirectory(), Environment.GetEnvironmentVariable);

    /// <summary>The installation's <c>dotnet</c>, by its path or, where none was found, by its name.</summary>
    public static string Program => Root is null ? "dotnet" : Path.Combine(Root, Host);

    /// <summary>Finds the folder.</summary>
    /// <param name="runtime">The folder of the libraries that run this process.</param>
    /// <param name="variable">Reads an environment variable.</param>
    public static string? Find(string runtime, Func<string, string?> variable)
    {
        // shared/Microsoft.NETCore.App/VERSION/ is three folders below the root of an installation.
        return Candidates().FirstOrDefault(root => Directory.Exists(Path.Combine(root, "shared", "Microsoft.NETCore.App")) && File.Exists(Path.Combine(root, Host)));

        IEnumerable<string> Candidates()
        {
            yield return Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
            if (variable("DOTNET_ROOT") is { Length: > 0 } named)
                yield return Path.GetFullPath(named);
            foreach (var folder in (variable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            {
                // Often a link into the installation. A relative entry would depend on where the server was started.
                if (Path.IsPathFullyQualified(folder) && new FileInfo(Path.Combine(folder, Host)) is { Exists: true } program)
                    yield return Path.GetDirectoryName((program.ResolveLinkTarget(returnFinalTarget: true) ?? program).FullName)!;
            }

            if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home)
                yield return Path.Combine(home, ".dotnet");
        }
    }
}
