using LabelServer.Bundles;
using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Pipelines;

/// <summary>Finds which weights file a resolved config loads.</summary>
/// <remarks>In order: the name that the request gives; the <c>load_path</c> of a <c>CheckpointLoader</c>; <c>modelname</c>; <c>models/model.pt</c>. Where that
/// file is missing, the whole network of that name stands in: <c>model.ts</c>, <c>model.onnx</c>. A file outside the bundle's folder is refused.</remarks>
internal sealed class WeightsLocator(Bundle bundle)
{
    private const string Folder = "models";
    private static readonly string[] WholeExtensions = [".ts", ".onnx"];
    private static readonly string[] LoaderIds = ["checkpointloader", "checkpoint_loader", "handlers", "initialize", "val_handlers"];

    /// <summary>Whether the file is a whole network, by its extension.</summary>
    public static bool IsWhole(string file) => WholeExtensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>The full path, which need not exist.</summary>
    /// <exception cref="InferenceParameterException">The requested name is no plain file name.</exception>
    /// <exception cref="BundleUnsupportedException">The config loads a file outside the bundle.</exception>
    public string Find(ConfigResolver resolver, string? requested)
    {
        if (!string.IsNullOrWhiteSpace(requested) && !requested.Equals("auto", StringComparison.OrdinalIgnoreCase))
        {
            return requested == Path.GetFileName(requested) && requested is not ("." or "..") && !requested.AsSpan().ContainsAny('/', '\\', '\0')
                ? Path.Combine(bundle.Folder, Folder, requested)
                : throw new InferenceParameterException($"model_filename is '{requested}'; it must be 'auto' or the name of a file in the models folder of the bundle '{bundle.Name}'.");
        }

        foreach (var id in LoaderIds)
        {
            if (resolver.TryResolve(id) is { } value && LoadPath(value) is { } path)
            {
                return Present(Inside(path));
            }
        }

        return Present(resolver.TryResolve("modelname") is ConfigValue.Text name ? Inside(Path.Combine(Folder, name.Value)) : Path.Combine(bundle.Folder, Folder, "model.pt"));
    }

    private static string? LoadPath(ConfigValue value) => value switch
    {
        ConfigValue.Component component when component.Target.Split('.')[^1] == "CheckpointLoader" => (component.Argument("load_path") as ConfigValue.Text)?.Value,
        ConfigValue.List list => list.Items.Select(LoadPath).FirstOrDefault(p => p is not null),
        ConfigValue.Symbol { Receiver: { } receiver } => LoadPath(receiver),
        _ => null,
    };

    // The same network as a whole, model.ts or model.onnx, stands in for a checkpoint that is not there.
    private static string Present(string file) => File.Exists(file) ? file : WholeExtensions.Select(e => Path.ChangeExtension(file, e)).FirstOrDefault(File.Exists) ?? file;

    private string Inside(string path)
    {
        var full = Path.GetFullPath(Path.Combine(bundle.Folder, path.Replace('\\', '/')));
        var folder = Path.TrimEndingDirectorySeparator(bundle.Folder) + Path.DirectorySeparatorChar;
        return full.StartsWith(folder, StringComparison.Ordinal)
            ? full
            : throw new BundleUnsupportedException($"The bundle '{bundle.Name}' loads weights from '{path}', outside its own folder. Put them into its models folder.");
    }
}
