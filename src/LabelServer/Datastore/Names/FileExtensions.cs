using System.Text.RegularExpressions;

namespace LabelServer.Datastore.Names;

/// <summary>Where a file name ends and its extension begins.</summary>
/// <remarks>
/// Only the end of a name is its extension: <c>scan.v1.nii.gz</c> is <c>scan.v1</c> and <c>.nii.gz</c>. (MONAI Label takes every dot for uploads, and removes the extension wherever
/// it stands in the name.) Known double extensions are kept whole, in any case; otherwise the extension is what follows the last dot.
/// </remarks>
internal static partial class FileExtensions
{
    /// <summary>The most characters that an extension may have.</summary>
    public const int MaximumLength = 24;

    private static readonly string[] Double = [".seg.nrrd", ".nii.gz", ".ome.tif", ".ome.tiff", ".seg.nhdr", ".mrk.json", ".img.gz"];

    /// <summary>The extension of a file's name with its dot, or empty text when there is none. A name that begins with its only dot has none.</summary>
    public static string Of(string fileName)
    {
        foreach (var extension in Double)
        {
            if (fileName.EndsWith(extension, StringComparison.OrdinalIgnoreCase) && fileName.Length > extension.Length)
            {
                return fileName[^extension.Length..];
            }
        }

        var dot = fileName.LastIndexOf('.');
        return dot > 0 && dot < fileName.Length - 1 ? fileName[dot..] : string.Empty;
    }

    /// <summary>True for what may stand at the end of a stored file: one to three times a dot and letters, digits, <c>_</c> or <c>-</c>.</summary>
    public static bool IsAcceptable(string extension) => extension.Length <= MaximumLength && Pattern().IsMatch(extension);

    /// <summary>The last part of a name that a client sent, which may be a path of its own machine with <c>/</c> or <c>\</c>; null when nothing is left.</summary>
    public static string? LastPart(string? fileName)
    {
        if (fileName is null)
        {
            return null;
        }

        var part = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        return part.Length == 0 ? null : part;
    }

    [GeneratedRegex(@"\A(\.[A-Za-z0-9_-]{1,10}){1,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
