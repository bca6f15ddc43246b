using LabelServer.Bundles.Config;
using LabelServer.Bundles.Workflows;

namespace LabelServer.BundleRuns;

/// <summary>A <c>bundle run</c> command, checked: where everything is and what is run.</summary>
/// <param name="Folder">The bundle's folder.</param>
/// <param name="ConfigFiles">Full paths of the configs, in order.</param>
/// <param name="Overrides">What replaces values of them, in order; <c>_meta_</c> included.</param>
/// <param name="DataFolders">Folders that expressions may look into, beside the bundle's.</param>
/// <param name="Workflow">What is run.</param>
/// <param name="Config">The resolved config.</param>
/// <param name="Level">The least level of what is written to the console.</param>
internal sealed record BundleRunPlan(
    string Folder,
    IReadOnlyList<string> ConfigFiles,
    IReadOnlyList<KeyValuePair<string, ConfigValue>> Overrides,
    IReadOnlyList<string> DataFolders,
    Workflow Workflow,
    ConfigResolver Config,
    LogLevel Level)
{
    /// <summary>The bundle's name.</summary>
    public string Name => Path.GetFileName(Folder);
}
