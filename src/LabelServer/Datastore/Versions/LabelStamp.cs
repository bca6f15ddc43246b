using System.Globalization;
using System.Text.Json;
using LabelServer.Http;

namespace LabelServer.Datastore.Versions;

/// <summary>What makes a label a version among others: its id, what it came from and who made it. Stands in the label's info under <see cref="Key"/>; clients of the protocol do not look at it.</summary>
/// <param name="Id">Unique among the versions of one image and tag; a time, so that sorting by it sorts by age.</param>
/// <param name="Parent">The version that it was made from, or that it replaced; null for the first.</param>
/// <param name="By">The annotator who saved it; null when it was not saved through this server.</param>
/// <param name="ConflictWith">The newest version when this one was saved, if whoever saved it did not know that one; null when all was well.</param>
/// <param name="RestoredFrom">The former version whose bytes it has, or null.</param>
/// <param name="Readers">The annotators who have submitted a label of this image and tag, in their order.</param>
public sealed record LabelStamp(string Id, string? Parent, string? By, string? ConflictWith, string? RestoredFrom, IReadOnlyList<string> Readers)
{
    /// <summary>The key in the label's info.</summary>
    public const string Key = "labelserver_version";

    private const string Format = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>The stamp of a label. One that was not saved through this server has an id made of its time, which stays the same as long as the label does.</summary>
    public static LabelStamp Of(LabelEntry label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return Of(label.Info);
    }

    /// <inheritdoc cref="Of(LabelEntry)"/>
    public static LabelStamp Of(InfoDocument info)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (info.TryGet(Key, out var value) && value.ValueKind == JsonValueKind.Object && InfoDocument.FromElement(value) is var stamp && stamp.GetText("id") is { } id && IsId(id))
        {
            return new(id, stamp.GetText("parent"), stamp.GetText("by"), stamp.GetText("conflict_with"), stamp.GetText("restored_from"), ReadersOf(stamp));
        }

        var time = info.TryGet("ts", out var ts) && ts.ValueKind == JsonValueKind.Number && ts.TryGetInt64(out var seconds) && seconds is >= 0 and < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.UnixEpoch;
        return new(IdOf(time, 0), null, null, null, null, []);
    }

    /// <summary>Whether a text has the form of an id; only then may it become part of a path.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= 32 && text.All(c => char.IsAsciiDigit(c) || c is 'T' or 'Z' or '-');

    /// <summary>An id for a moment.</summary>
    /// <param name="time">The moment.</param>
    /// <param name="number">0, or counts those of the same millisecond.</param>
    public static string IdOf(DateTimeOffset time, int number)
    {
        var moment = time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
        return number == 0 ? moment : string.Create(CultureInfo.InvariantCulture, $"{moment}-{number}");
    }

    /// <summary>The info with this stamp in place of another.</summary>
    public InfoDocument Into(InfoDocument info)
    {
        ArgumentNullException.ThrowIfNull(info);
        var stamp = InfoDocument.Empty.With("id", Id);
        foreach (var (key, value) in (ReadOnlySpan<(string, string?)>)[("parent", Parent), ("by", By), ("conflict_with", ConflictWith), ("restored_from", RestoredFrom)])
        {
            if (value is not null)
            {
                stamp = stamp.With(key, value);
            }
        }

        return info.With(Key, stamp.With("readers", JsonSerializer.SerializeToElement(Readers, RecordJson.Default.IReadOnlyListString)));
    }

    /// <summary>The same stamp with one reader more, unless it has that one.</summary>
    public LabelStamp WithReader(string? reader) => reader is null || Readers.Contains(reader) ? this : this with { Readers = [.. Readers, reader] };

    private static List<string> ReadersOf(InfoDocument stamp) =>
        stamp.TryGet("readers", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(r => r.ValueKind == JsonValueKind.String).Select(r => r.GetString()!)]
            : [];
}
