using Xunit;

namespace LabelServer.Testing;

/// <summary>Where the reference outputs and the real scans lie: <c>LABELSERVER_GOLDEN</c> and <c>LABELSERVER_DATA</c>, else <c>../shared/golden</c> and <c>../shared/data</c> beside the repository.</summary>
public static class SharedFolders
{
    /// <summary>The folder of reference outputs, or null when there is none.</summary>
    public static string? Golden { get; } = Find("LABELSERVER_GOLDEN", "golden");

    /// <summary>The folder of real scans, labels and models, or null when there is none.</summary>
    public static string? Data { get; } = Find("LABELSERVER_DATA", "data");

    /// <summary>The repository's root: the nearest folder above the test assembly that holds <c>LabelServer.sln</c>.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The path of a file or folder of the shared data; skips the running test when it is absent.</summary>
    public static string RequireData(params string[] parts)
    {
        Assert.SkipWhen(Data is null, "No shared data folder: set LABELSERVER_DATA.");
        var path = Path.Combine([Data!, .. parts]);
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"The shared data folder has no {Path.Combine(parts)}.");
        return path;
    }

    private static string? Find(string variable, string name)
    {
        var named = Environment.GetEnvironmentVariable(variable);
        var path = string.IsNullOrEmpty(named) ? Path.Combine(FindRepository(), "..", "shared", name) : named;
        return Directory.Exists(path) ? Path.GetFullPath(path) : null;
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LabelServer.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No LabelServer.sln above {AppContext.BaseDirectory}.");
    }
}
