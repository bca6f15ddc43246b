using System.IO.Compression;
using System.Text.Json;
using LabelServer.Datastore.Names;
using LabelServer.Http;
using LabelServer.Imaging;

namespace LabelServer.Datastore.Checks;

/// <summary>Decides whether the bytes of an upload are what they should be.</summary>
internal sealed class UploadCheck(IVolumeInspector inspector)
{
    // Markups of thousands of boxes stay far below this.
    private const long JsonLimit = 64 * 1024 * 1024;

    /// <summary>The extension of an upload: from its name, else from its first bytes.</summary>
    /// <exception cref="InvalidNameException">The extension is not acceptable.</exception>
    /// <exception cref="UnreadableUploadException">There is no extension and the bytes are not known.</exception>
    public static string ExtensionOf(ReceivedFile file)
    {
        // A file called ".nii.gz" is all extension: clients that make temporary names send such.
        var extension = file.FileName is null ? string.Empty : FileKinds.Of(file.FileName) is not null ? file.FileName : FileExtensions.Of(file.FileName);
        if (extension.Length > 0)
        {
            return FileExtensions.IsAcceptable(extension)
                ? extension
                : throw new InvalidNameException($"The extension '{ImageIds.Printable(extension)}' of the file '{ImageIds.Printable(file.FileName!)}' is not acceptable: use letters, digits, '_' and '-', such as '.nii.gz'.");
        }

        var head = Head(file.TemporaryPath, gunzip: false);
        var guessed = FileKinds.Guess(head, head is [0x1F, 0x8B, ..] ? Head(file.TemporaryPath, gunzip: true) : head);
        return guessed ?? throw new UnreadableUploadException(
            $"The file '{ImageIds.Printable(file.FileName ?? string.Empty)}' has no extension and is neither NIfTI, NRRD, DICOM, PNG nor JPEG. Send it with its extension, such as '.nii.gz'.");
    }

    /// <summary>The extension under which an upload is stored: that of its content where a volume was sent under the extension of another format, because clients choose their reader by it.</summary>
    /// <param name="file">The upload.</param>
    /// <param name="extension">What <see cref="ExtensionOf"/> says.</param>
    public static string StoredExtension(ReceivedFile file, string extension)
    {
        if (FileKinds.Of(extension) is not (FileKind.Volume or FileKind.Other))
        {
            return extension;
        }

        var head = Head(file.TemporaryPath, gunzip: false);
        var content = FileKinds.Guess(head, head is [0x1F, 0x8B, ..] ? Head(file.TemporaryPath, gunzip: true) : head);
        return content is ".nii" or ".nii.gz" or ".nrrd" && !extension.EndsWith(content, StringComparison.OrdinalIgnoreCase) ? content : extension;
    }

    /// <summary>Refuses an image that cannot be read.</summary>
    /// <exception cref="UnreadableUploadException">The bytes are no readable image of their extension.</exception>
    public async Task RequireImageAsync(ReceivedFile file, string extension, string imageId, CancellationToken cancellationToken)
    {
        var name = ImageIds.Printable(imageId);
        RequireContent(file, $"The image '{name}'");
        switch (FileKinds.Of(extension))
        {
            case FileKind.Volume:
                await ReadVolumeAsync(file, name + extension, $"The image '{name}'", inspector.ReadCompletelyAsync, cancellationToken);
                break;
            case FileKind.Json:
                RequireJson(file, $"The image '{name}'");
                break;
            case FileKind.Other:
                RequireMagic(file, extension, $"The image '{name}'");
                break;
            default:
                throw new UnreadableUploadException(
                    $"The image '{name}' was sent as a '{extension}' file, which this server cannot read. Convert it to NIfTI or NRRD. Accepted: {FileKinds.AcceptedImages}.");
        }
    }

    /// <summary>Looks into a label.</summary>
    /// <returns>What it holds; null for files without voxels (markups, pictures).</returns>
    /// <exception cref="UnreadableUploadException">The bytes are no readable label of their extension.</exception>
    public async Task<LabelContent?> ReadLabelAsync(ReceivedFile file, string extension, string what, CancellationToken cancellationToken)
    {
        RequireContent(file, what);
        switch (FileKinds.Of(extension))
        {
            case FileKind.Volume:
                return await ReadVolumeAsync(file, "label" + extension, what, inspector.ReadLabelAsync, cancellationToken);
            case FileKind.Json:
                RequireJson(file, what);
                return null;
            case FileKind.Other when !extension.Equals(".dcm", StringComparison.OrdinalIgnoreCase):
                RequireMagic(file, extension, what);
                return null;
            default:
                throw new UnreadableUploadException(
                    $"{what} was sent as a '{extension}' file, which this server cannot read as a label. Send it as .nii.gz, .nii, .nrrd, .seg.nrrd or, for markups, .json.");
        }
    }

    /// <summary>The first bytes of a file, at most <see cref="FileKinds.HeadLength"/>; of gzip the first unpacked ones when asked.</summary>
    internal static byte[] Head(string path, bool gunzip)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using Stream content = gunzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        var head = new byte[FileKinds.HeadLength];
        try
        {
            return head[..content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    private static async Task<T> ReadVolumeAsync<T>(ReceivedFile file, string name, string what, Func<Stream, string, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(
            file.TemporaryPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        try
        {
            return await read(content, name, cancellationToken);
        }
        catch (ImagingException exception)
        {
            // The reader knows images only.
            throw new UnreadableUploadException(exception.Message.Replace($"The image '{name}'", what, StringComparison.Ordinal), exception);
        }
    }

    private static void RequireContent(ReceivedFile file, string what)
    {
        if (file.Length == 0)
        {
            throw new UnreadableUploadException($"{what} is empty (0 bytes). Send the file again.");
        }
    }

    private static void RequireMagic(ReceivedFile file, string extension, string what)
    {
        if (!FileKinds.LooksLike(extension, Head(file.TemporaryPath, gunzip: false)))
        {
            throw new UnreadableUploadException($"{what} was sent as a '{extension}' file, but its content is something else. Send it with its right extension, or export it again.");
        }
    }

    private static void RequireJson(ReceivedFile file, string what)
    {
        if (file.Length > JsonLimit)
        {
            throw new UnreadableUploadException($"{what} is a JSON file of {file.Length} bytes; at most {JsonLimit} are accepted.");
        }

        try
        {
            using var document = JsonDocument.Parse(PythonJson.WithoutNonNumbers(File.ReadAllBytes(file.TemporaryPath)));
        }
        catch (JsonException exception)
        {
            throw new UnreadableUploadException($"{what} was sent as JSON and is none: {exception.Message}", exception);
        }
    }
}
