using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Worker.Contract;

namespace LabelServer.Workers;

/// <summary>Translates what the worker measured.</summary>
internal static class UncertaintyReplies
{
    /// <summary>The report, with the names of the model's structures.</summary>
    public static UncertaintyReport ToReport(MeasureResult result, ModelDescription model)
    {
        var volumes = new OrderedDictionary<string, double>();
        foreach (var (name, channel) in model.ChannelLabels.Where(l => l.Value > 0 && l.Value < result.Volumes.Count))
            volumes[name] = result.Volumes[channel];
        return new UncertaintyReport(result.Entropy, result.Variance, volumes, [.. result.Features], result.Repetitions);
    }
}
