namespace LabelServer.Imaging.Formats;

/// <summary>Recognises files that people send by mistake, so that the message can say what they are.</summary>
internal static class ForeignFormat
{
    /// <summary>How many bytes are looked at.</summary>
    public const int Needed = 132;

    /// <summary>" and looks like …", or nothing.</summary>
    public static string Describe(ReadOnlySpan<byte> start)
    {
        var what =
            start.Length >= 132 && start.Slice(128, 4).SequenceEqual("DICM"u8) ? "DICOM" :
            start.StartsWith("PK\x03\x04"u8) ? "a ZIP archive" :
            start is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] ? "a PNG picture" :
            start is [0xff, 0xd8, 0xff, ..] ? "a JPEG picture" :
            start.StartsWith("BZh"u8) ? "bzip2" :
            start is [0xfd, (byte)'7', (byte)'z', (byte)'X', ..] ? "xz" :
            start.StartsWith("ObjectType"u8) || start.StartsWith("NDims"u8) ? "MetaImage" :
            start.StartsWith("{"u8) || start.StartsWith("["u8) ? "JSON" :
            start.StartsWith("<"u8) ? "XML or HTML" :
            start.StartsWith("version https://git-lfs"u8) ? "a Git LFS pointer instead of the file itself" : null;
        return what is null ? string.Empty : $" and looks like {what}";
    }
}
