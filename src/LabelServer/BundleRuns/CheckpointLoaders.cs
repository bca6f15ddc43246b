using LabelServer.Bundles.Config;

namespace LabelServer.BundleRuns;

/// <summary>Finds the weights that an engine begins with.</summary>
internal static class CheckpointLoaders
{
    /// <summary>The full path of the file that a <c>CheckpointLoader</c> among the engine's handlers reads, or one that <c>initialize</c> applies; null when there is none.</summary>
    /// <param name="plan">The command.</param>
    /// <param name="engine">The trainer or evaluator.</param>
    /// <param name="handlers">The argument that holds its handlers.</param>
    /// <exception cref="BundleRunException">The loader names no file.</exception>
    public static string? FileOf(BundleRunPlan plan, ConfigValue.Component engine, string handlers)
    {
        var list = (engine.Argument(handlers) as ConfigValue.List)?.Items ?? [];
        var loader = list.OfType<ConfigValue.Component>().Where(h => h.Target.Split('.')[^1] == "CheckpointLoader").Concat(plan.Workflow.Loaders).FirstOrDefault();
        if (loader is null)
        {
            return null;
        }

        return loader.Argument("load_path") is ConfigValue.Text path
            ? Path.GetFullPath(path.Value, plan.Folder)
            : throw new BundleRunException($"The bundle '{plan.Name}' has '{loader.Id}#load_path', which is no path.");
    }
}
