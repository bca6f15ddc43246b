namespace LabelServer.CommandLine;

/// <summary>Finds the folder that holds <c>apps</c>, <c>models</c> and <c>sampledata</c>: the repository's root, or the installation's.</summary>
public static class ContentRoot
{
    private const string Variable = "LABELSERVER_ROOT";

    /// <summary>The environment variable <c>LABELSERVER_ROOT</c>; else the nearest folder, from the program's upwards, that has <c>models</c> and <c>apps</c>; else the working directory.</summary>
    public static string Folder { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return Path.GetFullPath(named);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "models")) && Directory.Exists(Path.Combine(folder.FullName, "apps")))
                return folder.FullName;
        }

        return Directory.GetCurrentDirectory();
    }
}
