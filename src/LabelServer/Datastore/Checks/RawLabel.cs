using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Datastore.Checks;

/// <summary>Turns a <c>.bin</c> label (one byte per voxel, i fastest, in the image's shape, no header; OHIF's format, protocol 4.3) into a NIfTI file on the image's grid: without one nothing else could read it.</summary>
internal static class RawLabel
{
    /// <summary>The extension of what is stored.</summary>
    public const string StoredExtension = ".nii.gz";

    /// <summary>Makes the file.</summary>
    /// <param name="raw">The bytes.</param>
    /// <param name="grid">The image's grid; null when it has none.</param>
    /// <param name="what">The label, for messages.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UnreadableUploadException">There are not as many bytes as the image has voxels.</exception>
    public static async Task<Stream> ToNiftiAsync(ReceivedFile raw, VolumeGrid? grid, string what, CancellationToken cancellationToken)
    {
        if (grid is null)
        {
            throw new UnreadableUploadException($"{what} was sent as raw voxels (.bin), but its image has no grid that can be read. Send the label as .nii.gz or .nrrd.");
        }

        if (raw.Length != grid.Size.VoxelCount)
        {
            throw new UnreadableUploadException($"{what} was sent as raw voxels (.bin) of {raw.Length} bytes; its image has {grid.Size} = {grid.Size.VoxelCount} voxels, and one byte is needed for each.");
        }

        using var volume = new Volume<byte>(grid, clear: false);
        await using (var file = new FileStream(raw.TemporaryPath, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, FileOptions.Asynchronous | FileOptions.SequentialScan))
        {
            await file.ReadExactlyAsync(volume.Memory, cancellationToken);
        }

        var packed = new MemoryStream();
        await VolumeWriter.WriteAsync(volume, packed, VolumeFileType.NiftiGzip, cancellationToken: cancellationToken);
        packed.Position = 0;
        return packed;
    }
}
