using System.Globalization;
using System.Text;
using LabelServer.Imaging.Formats;

namespace LabelServer.Imaging.Nrrd;

/// <summary>The lines of a NRRD header: fields ("name: value") and key/value pairs ("key:=value"), in the order of the file.</summary>
/// <remarks>Source: the NRRD format, section "Basic Structure of the Header". Field names are compared in lower case; keys as they stand.</remarks>
internal sealed class NrrdFields
{
    /// <summary>3D Slicer writes about 700 bytes for a segment; this is room for twenty thousand.</summary>
    private const int MaxHeaderBytes = 16 << 20;

    private readonly Dictionary<string, string> _fields = [];
    private readonly string _subject;

    private NrrdFields(string subject) => _subject = subject;

    /// <summary>The key/value pairs; of keys that occur twice the last counts.</summary>
    public Dictionary<string, string> Pairs { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the header to its end: the empty line before the data, or, in a header of its own, the end of the file.</summary>
    /// <exception cref="VolumeFormatException">It is too long or a line is neither a field nor a pair nor a comment.</exception>
    public static async Task<NrrdFields> ReadAsync(ImageSource source, CancellationToken cancellationToken)
    {
        var fields = new NrrdFields(source.Subject);
        var line = new List<byte>(256);
        var isFirst = true;
        for (var total = 0; ;)
        {
            var end = await ReadLineAsync(source, line, MaxHeaderBytes - total, cancellationToken);
            total += line.Count + 1;
            var text = Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line)).TrimEnd('\r');
            if (text.Length == 0)
            {
                return fields;
            }

            // The first line is the magic.
            if (!isFirst)
            {
                fields.Add(text);
            }

            isFirst = false;
            if (end)
            {
                return fields;
            }
        }
    }

    /// <summary>A field's value, or null when it is absent.</summary>
    public string? Get(string field) => _fields.GetValueOrDefault(field);

    /// <summary>A field's value.</summary>
    /// <exception cref="VolumeFormatException">It is absent.</exception>
    public string Require(string field) => Get(field) ?? throw Damaged($"its NRRD header has no '{field}'");

    /// <summary>A field of one whole number.</summary>
    /// <exception cref="VolumeFormatException">It is none.</exception>
    public long Number(string field, string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Damaged($"'{field}: {Shorten(value)}' is no whole number");

    /// <summary>A number of a list or vector; "nan" and "inf" in any case are numbers.</summary>
    /// <exception cref="VolumeFormatException">It is none.</exception>
    public double Real(string field, string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : value.ToLowerInvariant() switch
        {
            "nan" or "-nan" or "+nan" => double.NaN,
            "inf" or "+inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ => throw Damaged($"'{Shorten(value)}' in '{field}' is no number"),
        };

    /// <summary>"The image … is damaged: …".</summary>
    public VolumeFormatException Damaged(string what) => new($"{_subject} is damaged: {what}. Export the image again.");

    /// <summary>Text from a file, cut so that a message stays readable.</summary>
    public static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";

    /// <summary>Undoes the two escapes of pairs: <c>\n</c> and <c>\\</c>.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var n = 0; n < text.Length; n++)
        {
            if (text[n] == '\\' && n + 1 < text.Length && text[n + 1] is 'n' or '\\')
            {
                n++;
                result.Append(text[n] == 'n' ? '\n' : '\\');
            }
            else
            {
                result.Append(text[n]);
            }
        }

        return result.ToString();
    }

    /// <summary>Reads one line without its end; true when the stream ended with it.</summary>
    private static async ValueTask<bool> ReadLineAsync(ImageSource source, List<byte> line, int most, CancellationToken cancellationToken)
    {
        line.Clear();
        while (true)
        {
            var ahead = await source.PeekAsync(256, cancellationToken);
            if (ahead.Length == 0)
            {
                return true;
            }

            var stop = ahead.Span.IndexOf((byte)'\n');
            line.AddRange(ahead.Span[..(stop < 0 ? ahead.Length : stop)]);
            if (line.Count > most)
            {
                throw new VolumeFormatException($"{source.Subject} is damaged: its NRRD header does not end within {MaxHeaderBytes >> 20} MiB. Export the image again.");
            }

            source.Advance(stop < 0 ? ahead.Length : stop + 1);
            if (stop >= 0)
            {
                return false;
            }
        }
    }

    private void Add(string line)
    {
        if (line[0] == '#')
        {
            return;
        }

        int field = line.IndexOf(": ", StringComparison.Ordinal), pair = line.IndexOf(":=", StringComparison.Ordinal);
        if (pair >= 0 && (field < 0 || pair < field))
        {
            Pairs[Unescape(line[..pair])] = Unescape(line[(pair + 2)..]);
        }
        else if (field >= 0)
        {
            _fields[line[..field].Trim().ToLowerInvariant()] = line[(field + 2)..].Trim();
        }
        else if (line.TrimEnd().EndsWith(':'))
        {
            // A field without a value says nothing.
        }
        else
        {
            throw Damaged($"the line '{Shorten(line)}' of its NRRD header is neither a field nor a key with a value");
        }
    }
}
