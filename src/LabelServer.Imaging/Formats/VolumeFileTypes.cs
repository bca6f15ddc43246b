using System.Diagnostics.CodeAnalysis;

namespace LabelServer.Imaging.Formats;

/// <summary>Relates <see cref="VolumeFileType"/> to file name extensions.</summary>
public static class VolumeFileTypes
{
    private static readonly (string Extension, VolumeFileType Type)[] Known =
    [
        // The longer extension stands before its own ending.
        (".seg.nrrd", VolumeFileType.SegNrrd),
        (".nrrd", VolumeFileType.Nrrd),
        (".nii.gz", VolumeFileType.NiftiGzip),
        (".nii", VolumeFileType.Nifti),
    ];

    /// <summary>All extensions, in lower case with their dots.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [.. Known.Select(k => k.Extension)];

    /// <summary>The file type that <paramref name="fileName"/> (or a bare extension with its dot) asks for, whatever its case.</summary>
    public static bool TryFromName(string fileName, [NotNullWhen(true)] out VolumeFileType? type)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        foreach (var (extension, known) in Known)
        {
            if (fileName.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                type = known;
                return true;
            }
        }

        type = null;
        return false;
    }

    /// <summary>The file type that <paramref name="fileName"/> (or a bare extension with its dot) asks for.</summary>
    /// <exception cref="VolumeUnsupportedException">Files of that extension cannot be written; the message names the ones that can.</exception>
    public static VolumeFileType FromName(string fileName) => TryFromName(fileName, out var type)
        ? type.Value
        : throw new VolumeUnsupportedException($"'{fileName}' has no extension that can be written. Use {string.Join(", ", Known.Select(k => k.Extension))}.");

    /// <summary>The extension with its dot, in lower case.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public static string ExtensionOf(VolumeFileType type) => type switch
    {
        VolumeFileType.Nrrd => ".nrrd",
        VolumeFileType.SegNrrd => ".seg.nrrd",
        VolumeFileType.Nifti => ".nii",
        VolumeFileType.NiftiGzip => ".nii.gz",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
