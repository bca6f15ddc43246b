using LabelServer.Bundles;
using LabelServer.Bundles.Config;
using LabelServer.Learning.Configuration;

namespace LabelServer.Learning.Evaluation;

/// <summary>Reads a data set's <c>data</c>: a list of dictionaries from item name to file.</summary>
internal sealed class EvaluationItems(Bundle bundle)
{
    private const string Image = "image";

    /// <summary>The entries, with files taken from the bundle's folder.</summary>
    /// <exception cref="EvaluationException">It is no such list, it is empty, or a file is missing.</exception>
    public IReadOnlyList<EvaluationItem> Read(ComponentArguments dataset)
    {
        var id = dataset.Component.Id + "#data";
        var data = dataset.Get("data");
        if (data is not ConfigValue.List list)
        {
            throw new EvaluationException($"The bundle '{bundle.Name}' has '{id}', which is no list of images{(data is ConfigValue.Symbol symbol ? $": '{symbol.Name}' is not evaluated here" : string.Empty)}.");
        }

        return list.Items.Count > 0
            ? [.. list.Items.Select((item, i) => Read(item, FormattableString.Invariant($"{id}#{i}")))]
            : throw new EvaluationException($"The bundle '{bundle.Name}' finds no image: '{id}' is empty. Say where the images are, such as --dataset_dir DIR or --datalist \"['IMAGE.nii.gz']\".");
    }

    private EvaluationItem Read(ConfigValue item, string id)
    {
        if (item is not ConfigValue.Map map || map.Find(Image) is not ConfigValue.Text image)
        {
            throw new EvaluationException($"The bundle '{bundle.Name}' has '{id}', which has no single file as '{Image}'.");
        }

        var files = map.Items
            .Where(i => i is { Key: ConfigValue.Text, Value: ConfigValue.Text })
            .Select(i => KeyValuePair.Create(((ConfigValue.Text)i.Key).Value, Path.GetFullPath(((ConfigValue.Text)i.Value).Value, bundle.Folder)))
            .ToList();
        return files.Find(f => !File.Exists(f.Value)) is { Value: { } missing }
            ? throw new EvaluationException($"The bundle '{bundle.Name}' has '{id}' with the file {missing}, which is not there.")
            : new EvaluationItem(image.Value, files);
    }
}
