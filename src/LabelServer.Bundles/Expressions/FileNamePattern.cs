namespace LabelServer.Bundles.Expressions;

/// <summary>File name patterns of Python's <c>fnmatch</c>: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a]</c>. Case counts on every system. Takes time proportional to pattern times name at worst.</summary>
/// <remarks>Source: https://docs.python.org/3/library/fnmatch.html.</remarks>
internal static class FileNamePattern
{
    public static bool IsMatch(string pattern, string name)
    {
        // The usual two-pointer walk: on a mismatch go back to the last star and let it take one more character.
        int p = 0, n = 0, star = -1, taken = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                taken = n;
            }
            else if (p < pattern.Length && MatchesOne(pattern, p, name[n], out var next))
            {
                p = next;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++taken;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }

    private static bool MatchesOne(string pattern, int at, char c, out int next)
    {
        next = at + 1;
        switch (pattern[at])
        {
            case '?':
                return true;
            case '[':
                // A bracket right after the opening one (or its '!') is a member; without a closing one '[' is itself.
                var from = at + 1 < pattern.Length && pattern[at + 1] == '!' ? at + 2 : at + 1;
                var close = from < pattern.Length ? pattern.IndexOf(']', from + 1) : -1;
                if (close < 0)
                {
                    return c == '[';
                }

                next = close + 1;
                return IsMember(pattern.AsSpan(from, close - from), c) != (from == at + 2);
            default:
                return pattern[at] == c;
        }
    }

    private static bool IsMember(ReadOnlySpan<char> set, char c)
    {
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                if (c >= set[i] && c <= set[i + 2])
                {
                    return true;
                }

                i += 2;
            }
            else if (set[i] == c)
            {
                return true;
            }
        }

        return false;
    }
}
