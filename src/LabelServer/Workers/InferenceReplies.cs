using System.Globalization;
using LabelServer.Inference;
using LabelServer.Worker.Contract;

namespace LabelServer.Workers;

/// <summary>Translates the worker's messages into the dispatcher's answer.</summary>
internal static class InferenceReplies
{
    /// <summary>Progress for callers.</summary>
    public static InferenceProgressReport ToReport(Progress progress) => new(
        progress.Phase switch
        {
            Phase.Loading => InferencePhase.Starting,
            Phase.Preprocessing => InferencePhase.Preprocessing,
            Phase.Network => InferencePhase.Inferring,
            Phase.Writing => InferencePhase.Writing,
            _ => InferencePhase.Postprocessing,
        },
        progress.Fraction,
        progress.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $"window {progress.Done} of {progress.Total}") : string.Empty);

    /// <summary>The result JSON.</summary>
    /// <param name="header">What the worker said before the result's bytes.</param>
    /// <param name="end">What it said after them.</param>
    /// <param name="labels">The names of the values in the result.</param>
    public static InferenceSummary ToSummary(ResultHeader header, ResultEnd end, OrderedDictionary<string, int> labels)
    {
        var centroids = new OrderedDictionary<string, IReadOnlyList<string>>();
        foreach (var centroid in header.Centroids)
            centroids[$"label_{Text(centroid.Value)}"] = [Text(centroid.Value), Text(centroid.I), Text(centroid.J), Text(centroid.K)];
        return new InferenceSummary
        {
            LabelNames = labels,
            Latencies = new LatencySummary
            {
                Pre = Math.Round(end.Pre, 2),
                Infer = Math.Round(end.Infer, 2),
                Invert = Math.Round(end.Invert, 2),
                Post = Math.Round(end.Post, 2),
                Write = Math.Round(end.Write, 2),
                Total = Math.Round(end.Total, 2),
                Transform = new TransformLatencySummary { Pre = Times(end.PreTransforms), Post = Times(end.PostTransforms) },
            },
            Centroids = centroids,
            Device = header.Device.Length > 0 ? header.Device : null,
            Precision = header.Precision.Length > 0 ? header.Precision.ToLowerInvariant() : null,
            BoundingBox = header.BoxLow.Count > 0 ? [[.. header.BoxLow], [.. header.BoxHigh]] : null,
        };
    }

    // A transform that occurs twice counts with both its times, as the reference's dictionary of times cannot hold two.
    private static OrderedDictionary<string, double> Times(IEnumerable<TransformTime> times)
    {
        var result = new OrderedDictionary<string, double>();
        foreach (var time in times)
            result[time.Name] = Math.Round((result.TryGetValue(time.Name, out var before) ? before : 0) + time.Seconds, 4);
        return result;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
