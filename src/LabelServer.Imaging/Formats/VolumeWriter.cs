using LabelServer.Imaging.Formats.Gzip;
using LabelServer.Imaging.Nifti;
using LabelServer.Imaging.Nrrd;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Formats;

/// <summary>Writes a volume as NIfTI or NRRD. Needs no seekable stream and holds no copy of the voxels.</summary>
/// <remarks>Safe to call from several threads, each with its own stream; the volume is only read.</remarks>
public static class VolumeWriter
{
    /// <summary>The exact number of bytes that <see cref="WriteAsync(Volume, Stream, VolumeFileType, VolumeWriteOptions?, CancellationToken)"/> will write, or null when the voxels are compressed.</summary>
    /// <exception cref="GeometryException">The affine is not finite or singular.</exception>
    /// <exception cref="ArgumentException">A segment names a layer that the volume has not.</exception>
    public static long? LengthOf(Volume volume, VolumeFileType type, VolumeWriteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(volume);
        options ??= VolumeWriteOptions.Default;
        return IsCompressed(type, options) ? null
            : Header(volume, type, options).Length + (volume.Size.VoxelCount * volume.Channels * SampleTypes.SizeOf(volume.SampleType));
    }

    /// <summary>Writes the volume. The stream is flushed, not closed.</summary>
    /// <param name="volume">The volume; its affine is RAS+.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="type">The kind of file.</param>
    /// <param name="options">Null for <see cref="VolumeWriteOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the writing; what was written stays.</param>
    /// <exception cref="GeometryException">The affine is not finite or singular.</exception>
    /// <exception cref="ArgumentException">A segment names a layer that the volume has not.</exception>
    public static async Task WriteAsync(
        Volume volume, Stream stream, VolumeFileType type, VolumeWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(stream);
        options ??= VolumeWriteOptions.Default;
        ReadOnlyMemory<byte> header = Header(volume, type, options);
        var isNrrd = type is VolumeFileType.Nrrd or VolumeFileType.SegNrrd;
        if (!IsCompressed(type, options))
        {
            await stream.WriteAsync(header, cancellationToken);
            await SampleWriter.WriteAsync(volume, stream, isNrrd, cancellationToken);
        }
        else
        {
            if (isNrrd)
            {
                await stream.WriteAsync(header, cancellationToken);
                header = default;
            }

            await using var gzip = new ParallelGzipStream(stream, options.CompressionLevel);
            await gzip.WriteAsync(header, cancellationToken);
            await SampleWriter.WriteAsync(volume, gzip, isNrrd, cancellationToken);
            await gzip.FinishAsync(cancellationToken);
        }

        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>Writes the volume to a new file, or over an old one; the extension says the kind.</summary>
    /// <inheritdoc cref="WriteAsync(Volume, Stream, VolumeFileType, VolumeWriteOptions?, CancellationToken)"/>
    /// <param name="volume">The volume; its affine is RAS+.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">Null for <see cref="VolumeWriteOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <exception cref="VolumeUnsupportedException">Files of that extension cannot be written.</exception>
    public static async Task WriteAsync(Volume volume, string path, VolumeWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        var type = VolumeFileTypes.FromName(path);
        await using var file = new FileStream(
            path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous });
        await WriteAsync(volume, file, type, options, cancellationToken);
    }

    private static bool IsCompressed(VolumeFileType type, VolumeWriteOptions options) =>
        type == VolumeFileType.NiftiGzip || (options.Compress && type is (VolumeFileType.Nrrd or VolumeFileType.SegNrrd));

    private static byte[] Header(Volume volume, VolumeFileType type, VolumeWriteOptions options)
    {
        VolumeGeometry.Require("The image to be written", volume.Size, volume.Grid.Affine);
        return type switch
        {
            VolumeFileType.Nifti or VolumeFileType.NiftiGzip => NiftiWriter.Header(volume),
            VolumeFileType.Nrrd => NrrdWriter.Header(volume, options, []),
            VolumeFileType.SegNrrd => NrrdWriter.Header(volume, options, SegmentExtents.Complete(volume, options.Segments)),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }
}
