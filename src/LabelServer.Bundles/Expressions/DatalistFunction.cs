using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary><c>monai.data.load_decathlon_datalist</c>: a list of images read from a JSON file. Files outside the allowed folders are not looked at.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/data/decathlon_datalist.py. Paths of <c>image</c> and, for segmentation, <c>label</c> are joined with <c>base_dir</c>, else with the list's own folder.</remarks>
internal sealed class DatalistFunction(IReadOnlyList<string> folders, ExpressionBudget budget)
{
    private static readonly string[] Parameters = ["data_list_file_path", "is_segmentation", "data_list_key", "base_dir"];

    public static bool IsKnown(string name) => name is "monai.data.load_decathlon_datalist" or "monai.data.decathlon_datalist.load_decathlon_datalist";

    /// <summary>The list; null when its file is not there, or not for us to read, so that the call stays a description.</summary>
    public ConfigValue? Call(FunctionCall call)
    {
        call.Expect(0, Parameters.Length, Parameters);
        if (Argument(call, 0) is not ConfigValue.Text { Value: var path } || Inside(path) is not { } file)
        {
            return null;
        }

        var key = Argument(call, 2) is ConfigValue.Text { Value: var named } ? named : "training";
        var segmentation = Argument(call, 1) is not ConfigValue.Boolean { Value: false };
        var folder = Argument(call, 3) is ConfigValue.Text { Value: var given } ? given : path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : string.Empty;
        ConfigValue.Map root;
        try
        {
            root = ConfigDocument.ReadFile(file, ConfigLimits.Default);
        }
        catch (ConfigException error)
        {
            throw new ExpressionException($"the list of images cannot be read: {error.Message}");
        }

        if (root.Find(key) is not ConfigValue.List list)
        {
            throw new ExpressionException($"the file '{path}' has no list '{key}'");
        }

        budget.Produce(list.Items.Count);
        return new ConfigValue.List([.. list.Items.Select(i => Entry(i, folder, segmentation))]);
    }

    // An image of the part 'test' may stand alone.
    private static ConfigValue.Map Entry(ConfigValue item, string folder, bool segmentation) => item switch
    {
        ConfigValue.Text => new ConfigValue.Map([KeyValuePair.Create((ConfigValue)new ConfigValue.Text("image"), Joined(item, folder))]),
        ConfigValue.Map map => new ConfigValue.Map([.. map.Items.Select(i => i.Key is ConfigValue.Text { Value: var key } && (key == "image" || (segmentation && key == "label"))
            ? KeyValuePair.Create(i.Key, Joined(i.Value, folder))
            : i)]),
        _ => throw new ExpressionException("an entry of the list of images is neither text nor a dictionary"),
    };

    private static ConfigValue Joined(ConfigValue path, string folder) => path switch
    {
        ConfigValue.Text text => new ConfigValue.Text(FileFunctions.Normalize(text.Value.StartsWith('/') || folder.Length == 0 ? text.Value : folder.TrimEnd('/') + "/" + text.Value)),
        ConfigValue.List list => list with { Items = [.. list.Items.Select(i => Joined(i, folder))] },
        _ => path,
    };

    private static ConfigValue? Argument(FunctionCall call, int index) =>
        (index < call.Arguments.Count ? call.Arguments[index] : call.Keyword(Parameters[index])) is { } value and not ConfigValue.Null ? value : null;

    private string? Inside(string path)
    {
        if (folders.Count == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var full = Path.GetFullPath(path, Path.GetFullPath(folders[0]));
        return File.Exists(full) && folders.Any(f => FolderBounds.Contains(f, full)) ? full : null;
    }
}
