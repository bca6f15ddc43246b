using System.Globalization;
using LabelServer.Bundles;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Models;

/// <summary>Checks the files that a model takes weights from beside its own: a model may name any path, and ONNX Runtime would open it.</summary>
internal static class ExternalData
{
    private const string Location = "location";

    /// <summary>Whether the model has weights in other files.</summary>
    public static bool IsUsed(ModelProto model) => ModelTensors.All(model).Any(IsExternal);

    /// <summary>Requires that all such files lie in the model's folder, symbolic links followed, and hold the ranges that are asked of them.</summary>
    /// <exception cref="NetworkWeightsException">One does not; names it and the tensor.</exception>
    public static void Check(ModelProto model, string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        foreach (var tensor in ModelTensors.All(model).Where(IsExternal))
        {
            Check(tensor, folder, Path.GetFileName(file));
        }
    }

    private static bool IsExternal(TensorProto tensor) => tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0;

    private static void Check(TensorProto tensor, string folder, string model)
    {
        var location = tensor.ExternalData.FirstOrDefault(e => e.Key == Location)?.Value ?? string.Empty;
        if (location.Length == 0 || Path.IsPathRooted(location) || location.AsSpan().ContainsAny('\\', ':', '\0') || location.Split('/').Contains("..")
            || !FolderBounds.Contains(folder, Path.Combine(folder, location)))
        {
            throw new NetworkWeightsException($"'{model}' takes the tensor '{tensor.Name}' from '{location}', which is not in the model's own folder. Nothing outside it is read.");
        }

        var data = new FileInfo(Path.Combine(folder, location));
        if (!data.Exists)
        {
            throw new NetworkWeightsException($"'{model}' takes the tensor '{tensor.Name}' from '{location}', which is missing. Put it beside the model.");
        }

        var (offset, length) = (Number(tensor, "offset"), Number(tensor, "length"));
        if (offset is null or < 0 || length is null or < 0 || offset > data.Length || length > data.Length - offset)
        {
            throw new NetworkWeightsException($"'{model}' takes the tensor '{tensor.Name}' from a range of '{location}' that the file does not have; it is cut short or belongs to another model.");
        }
    }

    // Absent means from the start, and to the end: 0 passes for both here, since ONNX Runtime compares the length with the tensor's shape.
    private static long? Number(TensorProto tensor, string key)
    {
        var text = tensor.ExternalData.FirstOrDefault(e => e.Key == key)?.Value;
        return text is null ? 0 : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
