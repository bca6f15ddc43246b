using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LabelServer.Datastore.Names;

/// <summary>Which image ids are taken, and the file name under which each is stored.</summary>
/// <remarks>
/// An id is arbitrary text. Where it is a file name that every system takes and that leads back to the id, the file has that name, as in MONAI Label. Otherwise the file is named by what
/// can be kept of the id and a part of its SHA-256, and the index holds the id.
/// </remarks>
internal static class ImageIds
{
    /// <summary>The most bytes of an id in UTF-8.</summary>
    public const int MaximumBytes = 1024;

    // Most disks allow 255 bytes (or UTF-16 units) for a name; room is left for the extension and the suffixes of previous versions.
    private const int MaximumStemBytes = 180;
    private const int KeptCharacters = 60;

    /// <summary>Refuses what cannot be an id.</summary>
    /// <exception cref="InvalidNameException">The id is empty, too long, holds a control character or is no valid Unicode.</exception>
    public static void Require(string id)
    {
        if (id.Length == 0)
        {
            throw new InvalidNameException("An image id must not be empty. Send the id as the query parameter 'image', or leave it out to use the file's name.");
        }

        if (Encoding.UTF8.GetByteCount(id) > MaximumBytes)
        {
            throw new InvalidNameException($"The image id '{Shorten(id)}' has {Encoding.UTF8.GetByteCount(id)} bytes; at most {MaximumBytes} are allowed. Use a shorter id.");
        }

        for (var i = 0; i < id.Length; i++)
        {
            if (char.IsControl(id[i]) || id[i] is '\u2028' or '\u2029')
            {
                throw new InvalidNameException(string.Create(
                    CultureInfo.InvariantCulture, $"The image id '{Printable(id)}' holds the control character U+{(int)id[i]:X4} at position {i}. Use an id without control characters."));
            }

            if (char.IsSurrogate(id[i]) && !(char.IsHighSurrogate(id[i]) && i + 1 < id.Length && char.IsLowSurrogate(id[++i])))
            {
                throw new InvalidNameException($"The image id '{Printable(id)}' is no valid Unicode text (half a surrogate pair). Use another id.");
            }
        }
    }

    /// <summary>The name, without extension, of the file that holds an image.</summary>
    /// <param name="id">The id.</param>
    /// <param name="extension">The extension of its file.</param>
    /// <param name="patterns">How files that are found are named.</param>
    /// <param name="isTaken">Whether another image has that name already, in any case.</param>
    public static string StemFor(string id, string extension, FilePatterns patterns, Func<string, bool> isTaken)
    {
        if (IsPortable(id) && LeadsBack(id, extension, patterns) && !isTaken(id))
        {
            return id;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
        var kept = Keep(id);
        for (var length = 12; ; length += 4)
        {
            var stem = $"{kept}~{hash[..Math.Min(length, hash.Length)]}";
            if (!isTaken(stem) || length >= hash.Length)
            {
                return stem;
            }
        }
    }

    /// <summary>The form in which two names are compared for disks that see no difference between cases or between ways to write an accent.</summary>
    public static string CollisionKey(string stem) => stem.Normalize(NormalizationForm.FormC).ToUpperInvariant();

    /// <summary>The id for a message: control characters as code points, and not too long.</summary>
    public static string Printable(string id)
    {
        var text = new StringBuilder();
        foreach (var character in Shorten(id))
        {
            if (char.IsControl(character) || char.IsSurrogate(character))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                text.Append(character);
            }
        }

        return text.ToString();
    }

    /// <summary>The name under which a client gets a file of an image: its id and the extension. Null for ids that would lead a client into a folder, or that no disk takes as a name.</summary>
    public static string? DownloadName(string id, string extension) => id.AsSpan().IndexOfAny('/', '\\') < 0 && Encoding.UTF8.GetByteCount(id) <= MaximumStemBytes && !id.Any(IsHidden) ? id + extension : null;

    /// <summary>True for one path segment that every system takes as it is.</summary>
    internal static bool IsPortable(string name)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MaximumStemBytes || name[0] is '.' or ' ' or '~' || name[^1] is '.' or ' ')
        {
            return false;
        }

        return name.IndexOfAny(['<', '>', ':', '"', '/', '\\', '|', '?', '*']) < 0 && name.IsNormalized(NormalizationForm.FormC) &&
            !name.Any(IsHidden) && !IsReserved(name);
    }

    private static string Shorten(string id) => id.Length <= 120 ? id : id[..117] + "...";

    // Characters that one cannot see make two different files look the same.
    private static bool IsHidden(char character) => char.IsControl(character) || char.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    // A rebuild from the folder must find the same id again.
    private static bool LeadsBack(string id, string extension, FilePatterns patterns) =>
        !patterns.TrySplit(id + extension, out var stem, out _) ? !id.Contains('.', StringComparison.Ordinal) || FileExtensions.Of(id + extension) == extension
        : stem == id && !id.Contains(extension, StringComparison.Ordinal);

    // Device names of Windows, which are devices with any extension too.
    private static bool IsReserved(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var root = (dot < 0 ? name : name[..dot]).TrimEnd().ToUpperInvariant();
        return root is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$" ||
            (root.Length == 4 && (root.StartsWith("COM", StringComparison.Ordinal) || root.StartsWith("LPT", StringComparison.Ordinal)) &&
            root[3] is (>= '0' and <= '9') or '\u00B9' or '\u00B2' or '\u00B3');
    }

    private static string Keep(string id)
    {
        var kept = new StringBuilder();
        foreach (var character in id)
        {
            if (kept.Length == KeptCharacters)
            {
                break;
            }

            kept.Append(char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or ' ' ? character : '_');
        }

        var text = kept.ToString().Trim(' ');
        return text.Length == 0 ? "_" : text;
    }
}
