using LabelServer.Bundles;
using LabelServer.Bundles.Config;
using LabelServer.Bundles.Workflows;
using LabelServer.CommandLine;

namespace LabelServer.BundleRuns;

/// <summary>Finds a command's files, merges its configs and looks at what they would run.</summary>
/// <remarks>
/// <para>The bundle is named by <c>--bundle</c>, or it is the folder around the first config file's <c>configs</c>, as MONAI takes it. Files are looked for in the working directory first and then
/// in the bundle; paths inside a config are taken from the bundle's folder, so that a command works from anywhere.</para>
/// </remarks>
internal static class BundleRunPlanner
{
    private const string ConfigsFolder = "configs";

    /// <summary>Plans a command.</summary>
    /// <exception cref="BundleRunException">A file is missing, or the command asks for several processes.</exception>
    /// <exception cref="BundleException">The bundle or its configs cannot be used.</exception>
    public static BundleRunPlan Plan(BundleRunArguments arguments, string workingDirectory)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var folder = FindBundle(arguments, workingDirectory);
        string[] files = [.. arguments.ConfigFiles.Select(f => FindFile("config_file", f, folder, workingDirectory))];
        var overrides = Meta(arguments, folder, workingDirectory).Concat(arguments.Overrides).ToList();
        var bundle = Bundle.Open(folder);
        var document = bundle.LoadConfigFiles(files).With(overrides);
        RefuseParallel(bundle, document);
        string[] dataFolders = [.. DataFolders(document)];
        var config = bundle.CreateResolver(document, dataFolders);
        return new BundleRunPlan(bundle.Folder, files, overrides, dataFolders, new WorkflowReader(bundle.Name, config).Read(arguments.Ids), config, Level(arguments, folder, workingDirectory));
    }

    private static string FindBundle(BundleRunArguments arguments, string workingDirectory)
    {
        if (arguments.Bundle is { } named)
        {
            var path = Path.GetFullPath(named, workingDirectory);
            return Path.TrimEndingDirectorySeparator(Directory.Exists(path) ? path : Path.Combine(ContentRoot.Folder, "models", named));
        }

        var first = Path.GetFullPath(arguments.ConfigFiles[0], workingDirectory);
        var folder = Path.GetDirectoryName(first)!;
        return !File.Exists(first) ? workingDirectory
            : Path.GetFileName(folder) == ConfigsFolder ? Path.GetDirectoryName(folder)!
            : folder;
    }

    private static string FindFile(string argument, string named, string folder, string workingDirectory)
    {
        string[] places = [Path.GetFullPath(named, workingDirectory), Path.GetFullPath(named, folder)];
        return Array.Find(places, File.Exists) ?? throw new BundleRunException(
            $"--{argument}: there is no file {string.Join(" and no ", places.Distinct())}. Start the command in the bundle's folder, or name it with --bundle.");
    }

    private static IEnumerable<KeyValuePair<string, ConfigValue>> Meta(BundleRunArguments arguments, string folder, string workingDirectory)
    {
        if (arguments.MetaFiles.Count > 0)
        {
            var files = arguments.MetaFiles.Select(f => FindFile("meta_file", f, folder, workingDirectory));
            yield return KeyValuePair.Create("_meta_", (ConfigValue)ConfigDocument.Load(files).Root);
        }
    }

    private static LogLevel Level(BundleRunArguments arguments, string folder, string workingDirectory)
    {
        if (arguments.LoggingFile is { } named)
        {
            return LoggingFile.ReadLevel(FindFile("logging_file", named, folder, workingDirectory));
        }

        var usual = Path.Combine(folder, ConfigsFolder, "logging.conf");
        return File.Exists(usual) ? LoggingFile.ReadLevel(usual) : LogLevel.Information;
    }

    private static void RefuseParallel(Bundle bundle, ConfigDocument document)
    {
        if (ParallelTraining.Find(document) is { } found)
        {
            throw new BundleRunException(
                $"The bundle '{bundle.Name}' asks for several processes that share the work: '{found.Id}' is '{found.Text}'. LabelServer runs a bundle in one process on one device; sharing it over several "
                + $"GPUs is not built yet. Give the same command without {string.Join(", ", Sharing(document))}.");
        }
    }

    // The file to leave out is the one that brings the mark, not those that it is merged into.
    private static IEnumerable<string> Sharing(ConfigDocument document) =>
        document.Sources.Where(f => ParallelTraining.IsAskedForBy(File.ReadAllText(f))).Select(f => Path.GetFileName(f));

    // The user runs this bundle: where its config or the command says outright that data lie, expressions may look.
    private static IEnumerable<string> DataFolders(ConfigDocument document) => document.Root.Items
        .SelectMany(i => Paths(i.Value))
        .Where(Path.IsPathFullyQualified)
        .Select(p => Directory.Exists(p) ? p : File.Exists(p) ? Path.GetDirectoryName(p) : null)
        .OfType<string>()
        .Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Paths(ConfigValue value) => value switch
    {
        ConfigValue.Text text => [text.Value],
        ConfigValue.List list => list.Items.OfType<ConfigValue.Text>().Select(t => t.Value),
        _ => [],
    };
}
