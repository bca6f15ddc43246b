namespace LabelServer.Datastore.Names;

/// <summary>Tells images and labels among the files of a folder, and splits their names into id and extension as MONAI Label does for files it finds.</summary>
/// <remarks>
/// The extension is that of the longest pattern that the name ends with. MONAI Label takes the last pattern that fits and removes the extension everywhere in the name; both agree for its
/// own patterns and for names that hold the extension once. Case counts, as there.
/// </remarks>
internal sealed class FilePatterns
{
    private readonly string[] _extensions;

    /// <summary>Takes patterns such as <c>*.nii.gz</c>; stars are dropped.</summary>
    public FilePatterns(IEnumerable<string> patterns) =>
        _extensions = [.. patterns.Select(p => p.Replace("*", string.Empty, StringComparison.Ordinal)).Where(e => e.Length > 0).OrderByDescending(e => e.Length)];

    /// <summary>Splits the name of an image file; false for a file that is none.</summary>
    public bool TrySplit(string fileName, out string stem, out string extension)
    {
        foreach (var candidate in _extensions)
        {
            if (fileName.Length > candidate.Length && fileName.EndsWith(candidate, StringComparison.Ordinal) && fileName[0] != '.')
            {
                stem = fileName[..^candidate.Length];
                extension = candidate;
                return true;
            }
        }

        stem = extension = string.Empty;
        return false;
    }
}
