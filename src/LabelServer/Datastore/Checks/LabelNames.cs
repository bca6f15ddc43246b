using System.Text.Json;
using LabelServer.Http;

namespace LabelServer.Datastore.Checks;

/// <summary>Finds what the values of a label mean.</summary>
/// <remarks>
/// Slicer writes the values 1, 2, … in the order of <c>label_info</c> without background and scribbles; its <c>idx</c> counts those too and may be off by one (protocol 10.6.5), so it is not used. Without
/// <c>label_info</c> the names come from a prediction's <c>params.label_names</c>, else from the label map of the model that the label says it is of.
/// </remarks>
internal static class LabelNames
{
    private static readonly string[] NotSegments = ["background", "background_scribbles", "foreground_scribbles"];

    /// <summary>Value → name without background, or null when nobody says.</summary>
    /// <exception cref="InvalidInfoException">An entry of <c>label_info</c> has no name.</exception>
    public static IReadOnlyDictionary<int, string>? Find(LabelUpload upload, IModelLabelMaps models) =>
        upload.ValueNames ?? FromLabelInfo(upload.Info, upload.ImageId) ?? FromPrediction(upload.Info) ??
        (upload.Info.GetText("model") is { Length: > 0 } model ? models.FindLabelMap(model) : null);

    /// <summary>The info with value → name in it.</summary>
    public static InfoDocument With(InfoDocument info, IReadOnlyDictionary<int, string> names)
    {
        var values = new OrderedDictionary<string, string>();
        foreach (var (value, name) in names.OrderBy(n => n.Key))
        {
            values.Add(value.ToString(System.Globalization.CultureInfo.InvariantCulture), name);
        }

        return info.With(LabelEntry.ValuesKey, InfoDocument.FromElement(JsonSerializer.SerializeToElement(values, RecordJson.Default.OrderedDictionaryStringString)));
    }

    private static Dictionary<int, string>? FromLabelInfo(InfoDocument info, string imageId)
    {
        if (!info.TryGet("label_info", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            return null;
        }

        var names = new Dictionary<int, string>();
        foreach (var entry in list.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
            {
                throw new InvalidInfoException($"The label_info of the label of image '{Names.ImageIds.Printable(imageId)}' must be a list of objects with a name, such as {{\"name\": \"spleen\", \"idx\": 1}}; it holds {entry.GetRawText()}.");
            }

            var text = name.GetString()!;
            if (!NotSegments.Contains(text, StringComparer.OrdinalIgnoreCase))
            {
                names[names.Count + 1] = text;
            }
        }

        return names;
    }

    private static Dictionary<int, string>? FromPrediction(InfoDocument info)
    {
        if (!info.TryGet("params", out var parameters) || parameters.ValueKind != JsonValueKind.Object ||
            !parameters.TryGetProperty("label_names", out var map) || map.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var names = new Dictionary<int, string>();
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var value) && !NotSegments.Contains(entry.Name, StringComparer.OrdinalIgnoreCase))
            {
                names[value] = entry.Name;
            }
        }

        return names.Count == 0 ? null : names;
    }
}
