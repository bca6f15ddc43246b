using System.Text.Json;

namespace LabelServer.Datastore.Index;

/// <summary>What a change does on disk, in paths relative to the studies folder with <c>/</c>. Doing it twice does no harm.</summary>
/// <param name="From">The received file that becomes an image or label; null when the change moves nothing.</param>
/// <param name="To">Where it goes.</param>
/// <param name="Deletes">Files that go.</param>
internal sealed record DiskSteps(string? From, string? To, IReadOnlyList<string> Deletes)
{
    /// <summary>Nothing to do.</summary>
    public static DiskSteps None { get; } = new(null, null, []);

    /// <summary>Writes the members into an object that the caller has opened; none when there is nothing to do.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        if (From is not null && To is not null)
        {
            writer.WriteString("from", From);
            writer.WriteString("to", To);
        }

        if (Deletes.Count > 0)
        {
            writer.WriteStartArray("deletes");
            foreach (var path in Deletes)
            {
                writer.WriteStringValue(path);
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>Reads the members of a journal line.</summary>
    public static DiskSteps Read(JsonElement line)
    {
        string? Text(string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;
        var deletes = line.TryGetProperty("deletes", out var list) ? list.EnumerateArray().Select(p => p.GetString()!).ToList() : [];
        return new(Text("from"), Text("to"), deletes);
    }
}
