namespace LabelServer.Bundles.Config;

/// <summary>Ids of config values: keys and indices joined by <c>::</c>; the older <c>#</c> means the same. Empty for the whole config.</summary>
/// <remarks>Source: MONAI monai/bundle/reference_resolver.py (normalize_id, split_id), config_parser.py (resolve_relative_ids).</remarks>
internal static class ConfigPath
{
    public const string Separator = "::";

    public static string Normalize(string id) => id.Replace("#", Separator, StringComparison.Ordinal);

    public static string[] Split(string id) => id.Length == 0 ? [] : Normalize(id).Split(Separator);

    public static string Join(string id, string key) => id.Length == 0 ? key : id + Separator + key;

    public static string Join(string id, int index) => Join(id, index.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The absolute id of a relative one: <c>::a</c> is <c>a</c> beside <paramref name="from"/>, <c>::::a</c> one level further up. An id without leading separators is absolute.</summary>
    /// <exception cref="ConfigException">It climbs above the root.</exception>
    public static string Absolute(string id, string from)
    {
        id = Normalize(id);
        var levels = 0;
        while (id.AsSpan(levels * Separator.Length).StartsWith(Separator))
        {
            levels++;
        }

        if (levels == 0)
        {
            return id;
        }

        var parts = Split(from);
        if (levels > parts.Length)
        {
            throw new ConfigException($"'{from}' refers to '{id}', which is {levels} levels up; it has only {parts.Length}.", from);
        }

        var rest = id[(levels * Separator.Length)..];
        var parent = string.Join(Separator, parts[..^levels]);
        return rest.Length == 0 ? parent : Join(parent, rest);
    }

    /// <summary>True when the whole text is one reference such as <c>@network_def::out_channels</c> or <c>@##a</c>; the id is given without the sign, as written.</summary>
    public static bool IsReference(string text, out string id)
    {
        id = string.Empty;
        if (text.Length == 0 || text[0] != '@' || ReferenceLength(text, 0) != text.Length)
        {
            return false;
        }

        id = text[1..];
        return true;
    }

    /// <summary>The number of characters of the reference that starts with the <c>@</c> at <paramref name="start"/>: word characters, with <c>#</c> or <c>::</c> between or before them.</summary>
    public static int ReferenceLength(string text, int start)
    {
        var at = start + 1;
        while (at < text.Length)
        {
            if (IsWord(text[at]) || text[at] == '#')
            {
                at++;
            }
            else if (text.AsSpan(at).StartsWith(Separator))
            {
                at += Separator.Length;
            }
            else
            {
                break;
            }
        }

        return at - start;
    }

    private static bool IsWord(char c) => c == '_' || char.IsLetterOrDigit(c);
}
