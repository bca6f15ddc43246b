using LabelServer.Imaging;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Worker.Calls;

/// <summary>Reads an image that consists of several files, such as <c>.hdr</c> with <c>.img</c>: they are laid into a private folder, since one file names the other.</summary>
internal static class ImageSpool
{
    /// <summary>Takes all parts of the upload and reads the volume that the first one heads. The caller disposes it.</summary>
    /// <exception cref="ImagingException">A part has no bare file name, or the image can not be read.</exception>
    public static async Task<Volume> ReadAsync(ImageUpload upload, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("labelserver-image-");
        try
        {
            string? head = null;
            for (var i = 0; i < upload.Header.Parts; i++)
            {
                await using var part = await upload.NextPartAsync(cancellationToken);
                if (part.Name.Length == 0 || Path.GetFileName(part.Name) != part.Name || part.Name is "." or "..")
                    throw new VolumeFormatException($"The image '{upload.Header.ImageName}' has a part called '{part.Name}'; parts have bare file names.");
                var path = Path.Combine(folder.FullName, part.Name);
                await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 17, FileOptions.Asynchronous))
                {
                    await part.Content.CopyToAsync(file, cancellationToken);
                }

                head ??= path;
            }

            return await VolumeReader.ReadAsync(head!, null, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
