using LabelServer.Http;

namespace LabelServer.Inference;

/// <summary>Finds out what kind of image an upload is, when its name does not tell.</summary>
internal static class UploadedImageName
{
    private static readonly string[] Extensions = [".nii.gz", ".nii", ".seg.nrrd", ".nrrd", ".nhdr", ".hdr", ".img"];

    /// <summary>A plain file name with the extension of the upload's name; without a known one, an extension by the first bytes: gzip counts as <c>.nii.gz</c>, <c>NRRD</c> as <c>.nrrd</c>, anything
    /// else as <c>.nii</c>, whose reader then says what is wrong.</summary>
    public static string For(UploadedFile upload)
    {
        var known = Extensions.FirstOrDefault(e => upload.FileName.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return "image" + (known ?? ExtensionByContent(upload));
    }

    private static string ExtensionByContent(UploadedFile upload)
    {
        using var content = upload.OpenRead();
        Span<byte> start = stackalloc byte[4];
        var length = content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (length >= 2 && start[..2].SequenceEqual((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            return ".nii.gz";
        return length == 4 && start.SequenceEqual("NRRD"u8) ? ".nrrd" : ".nii";
    }
}
