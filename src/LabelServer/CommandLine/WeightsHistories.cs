using LabelServer.Bundles.History;
using LabelServer.Models;

namespace LabelServer.CommandLine;

/// <summary>Finds the weights files of a bundle that have a history.</summary>
internal static class WeightsHistories
{
    /// <summary>The histories that are not empty, in the order in which the bundle lists its weights.</summary>
    public static IReadOnlyList<WeightsHistory> Of(ModelDescription model) =>
        [.. model.Weights.Select(w => new WeightsHistory(model.Folder, w.FileName, TimeProvider.System)).DistinctBy(h => Path.GetFileNameWithoutExtension(h.ServedFile)).Where(h => h.Versions().Count > 0)];
}
