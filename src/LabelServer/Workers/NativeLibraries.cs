using System.Runtime.InteropServices;

namespace LabelServer.Workers;

/// <summary>One system library that the worker needs.</summary>
/// <param name="Name">For people.</param>
/// <param name="IsFound">Whether it is there and new enough.</param>
/// <param name="Detail">Where it is, or what was looked for.</param>
/// <param name="Advice">What to do when it is not.</param>
internal sealed record LibraryFinding(string Name, bool IsFound, string Detail, string Advice);

/// <summary>Looks for the system libraries that libtorch and TorchSharp need, without loading libtorch.</summary>
internal static class NativeLibraries
{
    // TorchSharp's native part is built with GCC 13.
    private const string CppVersion = "GLIBCXX_3.4.32";
    private const string CppAdvice = "libtorch needs the C++ runtime of GCC 13 (" + CppVersion + "). Run eng/setup-native.sh, which installs it on Debian 12 and says what to do elsewhere.";
    private static readonly string[] LinuxFolders = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/usr/local/lib64", "/usr/local/lib"];

    private static readonly string[] VisualCppFiles = ["vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll"];

    /// <summary>The libraries of this system; none on macOS, where they come with it.</summary>
    public static IReadOnlyList<LibraryFinding> Check()
    {
        if (OperatingSystem.IsLinux())
            return [LibStdCpp()];
        if (OperatingSystem.IsWindows())
            return [.. VisualCppFiles.Select(VisualCpp)];
        return [];
    }

    private static LibraryFinding LibStdCpp()
    {
        var searched = (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(LinuxFolders);
        var path = searched.Select(folder => Path.Combine(folder, "libstdc++.so.6")).FirstOrDefault(File.Exists);
        return path is null
            ? new LibraryFinding("libstdc++", false, "libstdc++.so.6 was not found", CppAdvice)
            : new LibraryFinding("libstdc++", Contains(path, CppVersion), path, CppAdvice);
    }

    private static LibraryFinding VisualCpp(string name)
    {
        var found = NativeLibrary.TryLoad(name, out var handle);
        if (found)
            NativeLibrary.Free(handle);
        return new LibraryFinding(name, found, found ? "found" : "not found", "Install the Visual C++ runtime: https://aka.ms/vs/17/release/vc_redist.x64.exe");
    }

    private static bool Contains(string path, string text) => File.ReadAllBytes(path).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text)) >= 0;
}
