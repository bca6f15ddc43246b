using System.Buffers;
using System.Text.Json;

namespace LabelServer.Datastore.Index;

/// <summary>What goes with the index file: how far it has followed the journal, and to which files the checksums in it belong.</summary>
/// <param name="Sequence">The last change of the journal that is in the index, and all before it.</param>
/// <param name="Stamps">For each file stem the length and time of the file whose checksum is known.</param>
internal sealed record IndexCheckpoint(long Sequence, IReadOnlyDictionary<string, FileStamp> Stamps)
{
    /// <summary>Nothing known.</summary>
    public static IndexCheckpoint None { get; } = new(0, new Dictionary<string, FileStamp>());

    /// <summary>Reads the file; absence and damage are <see cref="None"/>, which only costs time.</summary>
    public static IndexCheckpoint Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var stamps = new Dictionary<string, FileStamp>(StringComparer.Ordinal);
            foreach (var stamp in document.RootElement.GetProperty("stamps").EnumerateObject())
            {
                stamps[stamp.Name] = new(stamp.Value[0].GetInt64(), stamp.Value[1].GetInt64());
            }

            return new(document.RootElement.GetProperty("sequence").GetInt64(), stamps);
        }
        catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            return None;
        }
    }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("sequence", Sequence);
            writer.WriteStartObject("stamps");
            foreach (var (stem, stamp) in Stamps)
            {
                writer.WriteStartArray(stem);
                writer.WriteNumberValue(stamp.Length);
                writer.WriteNumberValue(stamp.Ticks);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
