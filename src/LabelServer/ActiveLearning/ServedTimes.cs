using System.Text.Json;
using LabelServer.Datastore;

namespace LabelServer.ActiveLearning;

/// <summary>When each strategy last served an image: <c>strategy.NAME.ts</c> in the image's info, as MONAI Label keeps it.</summary>
internal static class ServedTimes
{
    private const string Key = "strategy";

    /// <summary>Seconds since 1970 UTC, or null when it never did.</summary>
    public static long? Of(ImageEntry image, string strategy) =>
        image.Info.TryGet(Key, out var all) && all.ValueKind == JsonValueKind.Object &&
        all.TryGetProperty(strategy, out var served) && served.ValueKind == JsonValueKind.Object &&
        served.TryGetProperty("ts", out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetDouble(out var seconds)
            ? (long)seconds
            : null;

    /// <summary>The info with a new time.</summary>
    public static InfoDocument Note(InfoDocument info, string strategy, long now, string client)
    {
        var all = info.TryGet(Key, out var before) && before.ValueKind == JsonValueKind.Object ? InfoDocument.FromElement(before) : InfoDocument.Empty;
        return info.With(Key, all.With(strategy, InfoDocument.Empty.With("ts", now).With("client_id", client)));
    }
}
