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
        if (FileKinds.Of(extension) is null or FileKind.Json or FileKind.RawLabel)
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
                await ReadVolumeAsync(file, $"The image '{name}'", inspector.ReadCompletelyAsync, cancellationToken);
                break;
            case FileKind.Json:
                RequireJson(file, $"The image '{name}'");
                break;
            case FileKind.MetaImage:
                RequireMagic(file, extension, $"The image '{name}'");
                RequireOwnVoxels(file, $"The image '{name}'");
                break;
            case FileKind.Xml or FileKind.Picture or FileKind.Other:
                RequireMagic(file, extension, $"The image '{name}'");
                break;
            default:
                throw new UnreadableUploadException(
                    $"The image '{name}' was sent as a '{extension}' file, which this server cannot read. Convert it to NIfTI or NRRD. Accepted: {FileKinds.AcceptedImages}.");
        }
    }

    /// <summary>Looks into a label.</summary>
    /// <param name="file">The label's bytes.</param>
    /// <param name="extension">Its extension.</param>
    /// <param name="ofVolume">Whether its image is a volume, with a grid on which the label must lie. A picture has no such grid, so it is a label of pictures and slides only.</param>
    /// <param name="what">The label, for messages.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>What it holds; null for files without a grid (markups, annotations, pictures).</returns>
    /// <exception cref="UnreadableUploadException">The bytes are no readable label of their extension, or files of that extension are no labels of such an image.</exception>
    public async Task<LabelContent?> ReadLabelAsync(ReceivedFile file, string extension, bool ofVolume, string what, CancellationToken cancellationToken)
    {
        RequireContent(file, what);
        switch (FileKinds.Of(extension))
        {
            case FileKind.Volume:
                return await ReadVolumeAsync(file, what, inspector.ReadLabelAsync, cancellationToken);
            case FileKind.Json:
                RequireJson(file, what);
                return null;
            case FileKind.Xml:
            case FileKind.Picture when !ofVolume:
                RequireMagic(file, extension, what);
                return null;
            default:
                throw new UnreadableUploadException(
                    $"{what} was sent as a '{extension}' file, which this server cannot read as a label{(ofVolume ? " of a volume" : string.Empty)}. "
                    + $"Send it as .nii.gz, .nii, .nrrd, .seg.nrrd{(ofVolume ? string.Empty : ", .png, .tif, .bmp")} or, for markups and annotations, .json or .xml.");
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

    private static async Task<T> ReadVolumeAsync<T>(ReceivedFile file, string what, Func<Stream, string, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(
            file.TemporaryPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        try
        {
            return await read(content, what, cancellationToken);
        }
        catch (ImagingException exception)
        {
            throw new UnreadableUploadException(exception.Message, exception);
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

    private static void RequireOwnVoxels(ReceivedFile file, string what)
    {
        using var content = new FileStream(file.TemporaryPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var place = MetaImageHeader.ReadDataPlace(content);
        if (!"LOCAL".Equals(place, StringComparison.OrdinalIgnoreCase))
        {
            throw new UnreadableUploadException(place is null
                ? $"{what} is damaged: its MetaImage header does not say where its voxels are (ElementDataFile). Export it again, as one .mha file or as .nii.gz."
                : $"{what} is only a header; its voxels are in '{ImageIds.Printable(place)}' (ElementDataFile). Send it as one file: .mha with its voxels inside, .nii.gz or .nrrd.");
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
