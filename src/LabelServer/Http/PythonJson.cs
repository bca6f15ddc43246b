namespace LabelServer.Http;

/// <summary>Makes JSON of what Python's <c>json.dumps</c> writes: the bare words <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> outside strings become <c>null</c>.</summary>
internal static class PythonJson
{
    /// <summary>The same bytes when there is nothing to replace, otherwise a copy.</summary>
    public static ReadOnlyMemory<byte> WithoutNonNumbers(ReadOnlyMemory<byte> json)
    {
        var bytes = json.Span;
        if (bytes.IndexOf("NaN"u8) < 0 && bytes.IndexOf("Infinity"u8) < 0)
        {
            return json;
        }

        var result = new List<byte>(bytes.Length);
        var inText = false;
        for (var i = 0; i < bytes.Length; i++)
        {
            var rest = bytes[i..];
            if (inText)
            {
                result.Add(bytes[i]);
                if (bytes[i] == '\\' && i + 1 < bytes.Length)
                {
                    result.Add(bytes[++i]);
                }
                else if (bytes[i] == '"')
                {
                    inText = false;
                }
            }
            else if (WordLength(rest) is var length and > 0)
            {
                result.AddRange("null"u8);
                i += length - 1;
            }
            else
            {
                inText = bytes[i] == '"';
                result.Add(bytes[i]);
            }
        }

        return result.ToArray();
    }

    private static int WordLength(ReadOnlySpan<byte> rest) =>
        rest.StartsWith("NaN"u8) ? 3 : rest.StartsWith("Infinity"u8) ? 8 : rest.StartsWith("-Infinity"u8) ? 9 : 0;
}
