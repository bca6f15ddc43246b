using System.Text;

namespace LabelServer.Datastore.Checks;

/// <summary>What a file is, by its extension and its first bytes.</summary>
internal enum FileKind
{
    /// <summary>NIfTI or NRRD.</summary>
    Volume,

    /// <summary>JSON, such as Slicer's markups.</summary>
    Json,

    /// <summary>Raw voxels of one byte in the image's shape.</summary>
    RawLabel,

    /// <summary>XML, such as ASAP's annotations: kept as it is after a look at its first bytes.</summary>
    Xml,

    /// <summary>A picture whose values are kept exactly, such as PNG: kept as it is after a look at its first bytes.</summary>
    Picture,

    /// <summary>MetaImage, kept as it is when its header says that the voxels are in the same file.</summary>
    MetaImage,

    /// <summary>A JPEG picture, a slide, a DICOM object: kept as it is after a look at its first bytes, and no label.</summary>
    Other,
}

/// <summary>Which extensions are taken, and what the first bytes of their files must be.</summary>
internal static class FileKinds
{
    /// <summary>How many bytes of a file <see cref="LooksLike"/> wants to see.</summary>
    public const int HeadLength = 512;

    /// <summary>The extensions for a message.</summary>
    public const string AcceptedImages = ".nii.gz, .nii, .nrrd, .mha, .mhd, .dcm, .png, .jpg, .tif, .bmp, .svs, .xml, .json";

    /// <summary>The kind of a file by its extension; null when it is not taken.</summary>
    public static FileKind? Of(string extension) => extension.ToUpperInvariant() switch
    {
        ".NII" or ".NII.GZ" or ".NRRD" or ".SEG.NRRD" => FileKind.Volume,
        ".JSON" or ".MRK.JSON" => FileKind.Json,
        ".BIN" => FileKind.RawLabel,
        ".XML" => FileKind.Xml,
        ".PNG" or ".TIF" or ".TIFF" or ".OME.TIF" or ".OME.TIFF" or ".BMP" => FileKind.Picture,
        ".MHA" or ".MHD" => FileKind.MetaImage,

        // Not .mrxs: such a slide is a folder of further files beside the one that bears the name.
        ".JPG" or ".JPEG" or ".SVS" or ".NDPI" or ".SCN" or ".DCM" => FileKind.Other,
        _ => null,
    };

    /// <summary>The extension of a file without one, by its first bytes (after unpacking gzip); null when they are not known.</summary>
    public static string? Guess(ReadOnlySpan<byte> head, ReadOnlySpan<byte> unpacked)
    {
        var isGzip = head is [0x1F, 0x8B, ..];
        var bytes = isGzip ? unpacked : head;
        if (IsNifti(bytes))
        {
            return isGzip ? ".nii.gz" : ".nii";
        }

        return isGzip ? null : bytes.StartsWith("NRRD"u8) ? ".nrrd" : IsDicom(bytes) ? ".dcm" : bytes is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] ? ".png" : bytes is [0xFF, 0xD8, 0xFF, ..] ? ".jpg" : null;
    }

    /// <summary>Whether the first bytes are those of a file of that extension. Only for kinds that are kept as they are.</summary>
    public static bool LooksLike(string extension, ReadOnlySpan<byte> head) => extension.ToUpperInvariant() switch
    {
        ".PNG" => head is [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..],
        ".JPG" or ".JPEG" => head is [0xFF, 0xD8, 0xFF, ..],
        ".BMP" => head.StartsWith("BM"u8),
        ".DCM" => IsDicom(head),
        ".XML" => IsMarkup(head),
        ".MHA" or ".MHD" => Encoding.Latin1.GetString(head) is var text && (text.Contains("NDims", StringComparison.Ordinal) || text.Contains("ObjectType", StringComparison.Ordinal)),
        _ => head is [(byte)'I', (byte)'I', 0x2A or 0x2B, 0, ..] or [(byte)'M', (byte)'M', 0, 0x2A or 0x2B, ..],
    };

    private static bool IsNifti(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 348 && (bytes.Slice(344, 3).SequenceEqual("n+1"u8) || bytes.Slice(4, 3).SequenceEqual("n+2"u8) ||
        ((bytes is [0x5C, 0x01, 0, 0, ..] or [0, 0, 0x01, 0x5C, ..]) && !bytes.Slice(344, 3).SequenceEqual("ni1"u8)));

    // With the preamble of part 10, or a bare data set that begins with group 0002 or 0008, as old scanners write.
    private static bool IsDicom(ReadOnlySpan<byte> bytes) =>
        (bytes.Length >= 132 && bytes.Slice(128, 4).SequenceEqual("DICM"u8)) || bytes is [0x02 or 0x08, 0, _, 0, ..] && bytes.Length >= 16;

    private static bool IsMarkup(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xEF, 0xBB, 0xBF, ..])
        {
            bytes = bytes[3..];
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return true;
        }

        bytes = bytes.TrimStart(" \t\r\n"u8);
        return bytes is [(byte)'<', ..];
    }
}
