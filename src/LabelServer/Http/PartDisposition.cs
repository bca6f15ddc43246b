using System.Text;

namespace LabelServer.Http;

/// <summary>The <c>Content-Disposition</c> of one part of an uploaded form.</summary>
/// <param name="Name">The field's name; empty when the header has none.</param>
/// <param name="FileName">The base name of the file, or null for a text field. Clients send the whole path on their own machine, with <c>/</c> or <c>\</c>.</param>
/// <remarks>
/// Read by hand because real clients do not keep to RFC 6266: the Python client sends raw UTF-8 and Windows paths with single backslashes in quotes, which a parser by
/// the letter drops. In quotes only <c>\"</c> is an escape. <c>filename*</c> (RFC 8187) wins over <c>filename</c>.
/// </remarks>
public sealed record PartDisposition(string Name, string? FileName)
{
    /// <summary>Reads the header; null when it is absent or not about form data.</summary>
    public static PartDisposition? Parse(string? header)
    {
        if (header is null)
            return null;
        string? name = null, fileName = null, extendedName = null;
        var position = header.IndexOf(';', StringComparison.Ordinal);
        while (position >= 0 && position < header.Length)
        {
            position++;
            var equals = header.IndexOf('=', position);
            if (equals < 0)
                break;
            var key = header[position..equals].Trim();
            var value = ReadValue(header, equals + 1, out position);
            if (key.Equals("name", StringComparison.OrdinalIgnoreCase))
                name ??= value;
            else if (key.Equals("filename", StringComparison.OrdinalIgnoreCase))
                fileName ??= value;
            else if (key.Equals("filename*", StringComparison.OrdinalIgnoreCase))
                extendedName ??= DecodeExtended(value);
        }

        var file = extendedName ?? fileName;
        return new PartDisposition(name ?? string.Empty, file is null ? null : BaseName(file));
    }

    /// <summary>What follows the last <c>/</c> or <c>\</c>, whichever system the client runs on.</summary>
    public static string BaseName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    private static string ReadValue(string header, int start, out int end)
    {
        while (start < header.Length && header[start] == ' ')
            start++;
        if (start >= header.Length || header[start] != '"')
        {
            end = header.IndexOf(';', start);
            if (end < 0)
                end = header.Length;
            return header[start..end].Trim();
        }

        var text = new StringBuilder();
        var position = start + 1;
        for (; position < header.Length && header[position] != '"'; position++)
        {
            if (header[position] == '\\' && position + 1 < header.Length && header[position + 1] == '"' && header.IndexOf('"', position + 2) >= 0)
                position++;
            text.Append(header[position]);
        }

        end = header.IndexOf(';', Math.Min(position, header.Length));
        if (end < 0)
            end = header.Length;
        return text.ToString();
    }

    private static string? DecodeExtended(string value)
    {
        var parts = value.Split('\'', 3);
        return parts.Length == 3 && parts[0].Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? Uri.UnescapeDataString(parts[2]) : null;
    }
}
