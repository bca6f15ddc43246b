using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabelServer.Datastore.Index;

/// <summary>One line of the journal: the state of one image after a change, and the steps on disk that belong to the change.</summary>
/// <param name="Sequence">The number of the change; larger is later.</param>
/// <param name="Stem">The image's file stem, its key in the index.</param>
/// <param name="Image">The image and its labels after the change; null when it was removed.</param>
/// <param name="Steps">What has to be done on disk; done again after a crash.</param>
/// <remarks>A line is <c>CHECK SEQUENCE JSON</c> where CHECK is the first 16 hex digits of the SHA-256 of what follows it. A line whose check fails was cut off by a crash.</remarks>
internal sealed record JournalEntry(long Sequence, string Stem, ImageEntry? Image, DiskSteps Steps)
{
    private const int CheckLength = 16;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line with its line feed.</summary>
    public byte[] ToLine()
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(Encoding.ASCII.GetBytes(Sequence.ToString(CultureInfo.InvariantCulture) + " "));
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("key", Stem);
            writer.WritePropertyName("object");
            if (Image is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                IndexFile.WriteObject(writer, Image, forDisk: true);
            }

            Steps.Write(writer);
            writer.WriteEndObject();
        }

        var line = new byte[CheckLength + 1 + buffer.WrittenCount + 1];
        Encoding.ASCII.GetBytes(Check(buffer.WrittenSpan)).CopyTo(line, 0);
        line[CheckLength] = (byte)' ';
        buffer.WrittenSpan.CopyTo(line.AsSpan(CheckLength + 1));
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>The sequence number that a line begins with, whether or not its check holds; null when it has not the form of a line.</summary>
    public static long? ClaimedSequence(ReadOnlySpan<byte> line)
    {
        if (line.Length < CheckLength + 4 || line[CheckLength] != ' ')
        {
            return null;
        }

        var rest = line[(CheckLength + 1)..];
        var space = rest.IndexOf((byte)' ');
        return space > 0 && long.TryParse(rest[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : null;
    }

    /// <summary>Whether the check of a line with a <see cref="ClaimedSequence"/> holds.</summary>
    public static bool IsSound(ReadOnlySpan<byte> line) => Ascii.Equals(line[..CheckLength], Check(line[(CheckLength + 1)..]));

    /// <summary>Reads a line whose check holds.</summary>
    /// <exception cref="JsonException">It was written by something else.</exception>
    public static JournalEntry Parse(ReadOnlyMemory<byte> line)
    {
        var rest = line[(CheckLength + 1)..];
        var space = rest.Span.IndexOf((byte)' ');
        var sequence = long.Parse(rest.Span[..space], NumberStyles.None, CultureInfo.InvariantCulture);
        var value = InfoDocument.ParseElement(rest[(space + 1)..]);
        var stem = value.TryGetProperty("key", out var key) ? key.GetString() : null;
        if (stem is null || !value.TryGetProperty("object", out var image))
        {
            throw new JsonException("A line of the journal has no key or no object.");
        }

        return new(sequence, stem, image.ValueKind == JsonValueKind.Null ? null : IndexFile.ReadObject(stem, image), DiskSteps.Read(value));
    }

    private static string Check(ReadOnlySpan<byte> rest)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(rest, hash);
        return Convert.ToHexStringLower(hash[..(CheckLength / 2)]);
    }
}
