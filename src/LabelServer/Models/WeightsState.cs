using System.Globalization;

namespace LabelServer.Models;

/// <summary>Tells the weights that a file holds now from those that it held before, by its name, size and time. What was found with weights of one state says nothing about those of another.</summary>
/// <remarks>Unlike <see cref="BundleStamp"/> it stays the same from one start of the program to the next.</remarks>
internal static class WeightsState
{
    /// <summary>The state of one of a model's weights files.</summary>
    /// <param name="model">The model.</param>
    /// <param name="fileName">The bare file name.</param>
    public static string Of(ModelDescription model, string fileName)
    {
        var file = new FileInfo(Path.Combine(model.Folder, "models", fileName));
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{fileName} {file.Length} {file.LastWriteTimeUtc.Ticks}") : fileName;
    }

    /// <summary>The states of all of them: an image may be segmented by one and measured by another, coarser one.</summary>
    public static IReadOnlyList<string> Of(ModelDescription model) => [.. model.Weights.Where(w => w.IsPresent).Select(w => Of(model, w.FileName))];
}
