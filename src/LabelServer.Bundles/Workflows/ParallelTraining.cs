using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Workflows;

/// <summary>Recognises configs for several processes that share the work (<c>multi_gpu_train.json</c>).</summary>
public static class ParallelTraining
{
    private static readonly string[] Marks = ["init_process_group", "DistributedDataParallel", "DistributedSampler"];

    /// <summary>Where a config asks for several processes: the id and what stands there; null when it does not.</summary>
    public static (string Id, string Text)? Find(ConfigDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Find(document.Root, string.Empty);
    }

    /// <summary>True when the text of a config file asks for several processes. The file need not be complete without those that it is merged into.</summary>
    public static bool IsAskedForBy(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Marks.Any(m => text.Contains(m, StringComparison.Ordinal));
    }

    private static (string Id, string Text)? Find(ConfigValue value, string id) => value switch
    {
        ConfigValue.Text text when IsAskedForBy(text.Value) => (id, text.Value),
        ConfigValue.List list => list.Items.Select((item, i) => Find(item, Join(id, i.ToString(System.Globalization.CultureInfo.InvariantCulture)))).FirstOrDefault(f => f is not null),
        ConfigValue.Map map => map.Items.Select(i => Find(i.Value, Join(id, ConfigTree.KeyText(i.Key)))).FirstOrDefault(f => f is not null),
        _ => null,
    };

    private static string Join(string id, string key) => id.Length == 0 ? key : $"{id}#{key}";
}
