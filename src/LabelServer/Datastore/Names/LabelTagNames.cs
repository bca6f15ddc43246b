using System.Text.RegularExpressions;

namespace LabelServer.Datastore.Names;

/// <summary>Which label tags are taken. A tag is the name of a folder.</summary>
internal static partial class LabelTagNames
{
    /// <summary>Refuses a tag outside the alphabet, and one that differs from another only in case, because some disks see no difference.</summary>
    /// <exception cref="InvalidNameException">The tag is not acceptable.</exception>
    public static void Require(string tag, IEnumerable<string> known)
    {
        if (!IsSafe(tag))
        {
            throw new InvalidNameException(
                $"The label tag '{ImageIds.Printable(tag)}' is not acceptable: use 1 to 64 letters (a-z, A-Z), digits, '_', '-' or '.', beginning with a letter, a digit or '_', such as 'final' or 'version_1'.");
        }

        foreach (var other in known)
        {
            if (!string.Equals(other, tag, StringComparison.Ordinal) && string.Equals(other, tag, StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidNameException($"The label tag '{tag}' differs from the tag '{other}' only in upper and lower case. Use '{other}', or a tag that differs more.");
            }
        }
    }

    /// <summary>Whether a tag may be the name of a folder.</summary>
    public static bool IsSafe(string tag) => Pattern().IsMatch(tag) && ImageIds.IsPortable(tag);

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
