using System.Globalization;
using System.Text;

namespace LabelServer.Bundles.Expressions;

/// <summary>The backslash escapes of Python texts. An unknown one stays as written, as in Python.</summary>
internal static class TextEscapes
{
    public static string Read(string body)
    {
        if (!body.Contains('\\', StringComparison.Ordinal))
        {
            return body;
        }

        var text = new StringBuilder(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '\\' || i + 1 == body.Length)
            {
                text.Append(body[i]);
                continue;
            }

            i += ReadOne(body, i + 1, text);
        }

        return text.ToString();
    }

    // Appends what the escape at 'at' (after the backslash) stands for and says how many characters it took.
    private static int ReadOne(string body, int at, StringBuilder text)
    {
        switch (body[at])
        {
            case '\n':
                return 1;
            case 'x':
                return ReadHex(body, at, 2, text);
            case 'u':
                return ReadHex(body, at, 4, text);
            case 'U':
                return ReadHex(body, at, 8, text);
            case 'N':
                throw new ExpressionException("\\N{…} escapes are not supported");
            case >= '0' and <= '7':
                var digits = 1;
                while (digits < 3 && at + digits < body.Length && body[at + digits] is >= '0' and <= '7')
                {
                    digits++;
                }

                text.Append((char)Convert.ToInt32(body.Substring(at, digits), 8));
                return digits;
        }

        var index = "\\'\"abfnrtv".IndexOf(body[at], StringComparison.Ordinal);
        _ = index < 0 ? text.Append('\\').Append(body[at]) : text.Append("\\'\"\a\b\f\n\r\t\v"[index]);
        return 1;
    }

    private static int ReadHex(string body, int at, int digits, StringBuilder text)
    {
        if (at + digits >= body.Length || !int.TryParse(body.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0x10FFFF)
        {
            throw new ExpressionException($"'\\{body[at]}' is not followed by {digits} hexadecimal digits of a character");
        }

        _ = code < 0x10000 ? text.Append((char)code) : text.Append(char.ConvertFromUtf32(code));
        return digits + 1;
    }
}
