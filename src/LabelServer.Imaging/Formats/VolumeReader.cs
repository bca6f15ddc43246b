using LabelServer.Imaging.Nifti;
using LabelServer.Imaging.Nrrd;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Formats;

/// <summary>Reads NIfTI-1, NIfTI-2, Analyze and NRRD, plain or inside gzip. The kind of file is told by its content; names only say where detached voxels lie.</summary>
/// <remarks>
/// <para>Memory: the samples are read straight into the volume's memory; a file is never held as bytes. What a header claims is checked against
/// <see cref="VolumeReadOptions"/> and, where it is known, against the length of the stream before memory is asked for.</para>
/// <para>Errors are <see cref="ImagingException"/>s that name the image; input and output errors of the stream itself come through as they are.</para>
/// <para>Safe to call from several threads, each with its own stream.</para>
/// </remarks>
public static class VolumeReader
{
    /// <summary>Reads a volume from a stream, from where it stands to its end. The stream is not closed.</summary>
    /// <param name="stream">Header and voxels in one.</param>
    /// <param name="name">The image's name, for messages.</param>
    /// <param name="options">Limits; null for <see cref="VolumeReadOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the reading; nothing stays allocated.</param>
    /// <returns>The volume, in the sample type of the file or, where the file scales its values, in float32 or float64. The caller disposes it.</returns>
    /// <exception cref="VolumeFormatException">The bytes are no readable image.</exception>
    /// <exception cref="VolumeUnsupportedException">They hold something that is not handled, or only the header of a pair.</exception>
    /// <exception cref="VolumeTooLargeException">The voxels would pass the limit.</exception>
    /// <exception cref="GeometryException">The affine is not finite or singular.</exception>
    public static async Task<Volume> ReadAsync(Stream stream, string name, VolumeReadOptions? options = null, CancellationToken cancellationToken = default) =>
        (await LoadAsync(stream, name, options, cancellationToken)).Volume;

    /// <summary>Reads a volume and what its file says about it, segments included.</summary>
    /// <inheritdoc cref="ReadAsync(Stream, string, VolumeReadOptions?, CancellationToken)"/>
    public static async Task<LoadedVolume> LoadAsync(Stream stream, string name, VolumeReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        options ??= VolumeReadOptions.Default;
        await using var source = await ImageSource.OpenAsync(stream, SubjectOf(name, options), options.StreamLength, cancellationToken);
        return await LoadAsync(source, options, DetachedVoxels.Refused, cancellationToken);
    }

    /// <summary>Reads only the header: grid, channels, sample type, segments. Reads no voxels.</summary>
    /// <inheritdoc cref="ReadAsync(Stream, string, VolumeReadOptions?, CancellationToken)"/>
    /// <returns>The header.</returns>
    public static async Task<VolumeHeader> ReadHeaderAsync(Stream stream, string name, VolumeReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        options ??= VolumeReadOptions.Default;
        await using var source = await ImageSource.OpenAsync(stream, SubjectOf(name, options), options.StreamLength, cancellationToken);
        return await ReadHeaderAsync(source, options, cancellationToken);
    }

    /// <summary>Reads an image through to its end without keeping its voxels: a whole CT takes a few kilobytes. What passes here is what <see cref="LoadAsync(Stream, string, VolumeReadOptions?, CancellationToken)"/> can load.</summary>
    /// <inheritdoc cref="ReadAsync(Stream, string, VolumeReadOptions?, CancellationToken)"/>
    /// <returns>The header.</returns>
    public static async Task<VolumeHeader> CheckAsync(Stream stream, string name, VolumeReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        options ??= VolumeReadOptions.Default;
        await using var source = await ImageSource.OpenAsync(stream, SubjectOf(name, options), options.StreamLength, cancellationToken);
        if (await IsNrrdAsync(source, cancellationToken))
        {
            var nrrd = await NrrdReader.ReadHeaderAsync(source, options, cancellationToken);
            await using var named = nrrd.DataFile is null ? null : DetachedVoxels.Refused.OpenNamed(source.Subject, nrrd.DataFile);
            await NrrdReader.PassVoxelsAsync(source, nrrd, cancellationToken);
            return nrrd.Header;
        }

        var nifti = await NiftiReader.ReadHeaderAsync(source, options, cancellationToken);
        await using var pair = nifti.IsSingleFile ? null : DetachedVoxels.Refused.OpenPair(source.Subject);
        await NiftiReader.PassVoxelsAsync(source, nifti, cancellationToken);
        return nifti.Header;
    }

    /// <summary>Reads a volume from a file; of <c>.hdr/.img</c> either name will do, and a <c>.nhdr</c> finds its data file in its own folder.</summary>
    /// <inheritdoc cref="ReadAsync(Stream, string, VolumeReadOptions?, CancellationToken)"/>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
#pragma warning disable CS1573 // The other parameters are inherited.
    public static async Task<Volume> ReadAsync(string path, VolumeReadOptions? options = null, CancellationToken cancellationToken = default) =>
        (await LoadAsync(path, options, cancellationToken)).Volume;

    /// <summary>Reads a volume and what its file says about it from a file.</summary>
    /// <inheritdoc cref="ReadAsync(string, VolumeReadOptions?, CancellationToken)"/>
    public static async Task<LoadedVolume> LoadAsync(string path, VolumeReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = DetachedVoxels.HeaderOf(path);
        options ??= VolumeReadOptions.Default;
        await using var file = OpenFile(path);
        await using var source = await ImageSource.OpenAsync(file, SubjectOf(Path.GetFileName(path), options), null, cancellationToken);
        return await LoadAsync(source, options, DetachedVoxels.Beside(path), cancellationToken);
    }

    /// <summary>Reads only the header of a file.</summary>
    /// <inheritdoc cref="ReadAsync(string, VolumeReadOptions?, CancellationToken)"/>
    /// <returns>The header.</returns>
    public static async Task<VolumeHeader> ReadHeaderAsync(string path, VolumeReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = DetachedVoxels.HeaderOf(path);
        options ??= VolumeReadOptions.Default;
        await using var file = OpenFile(path);
        await using var source = await ImageSource.OpenAsync(file, SubjectOf(Path.GetFileName(path), options), null, cancellationToken);
        return await ReadHeaderAsync(source, options, cancellationToken);
    }
#pragma warning restore CS1573

    internal static FileStream OpenFile(string path) =>
        new(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, BufferSize = 128 << 10, Options = FileOptions.SequentialScan });

    private static string SubjectOf(string name, VolumeReadOptions options) => options.Subject ?? $"The image '{name}'";

    private static async Task<VolumeHeader> ReadHeaderAsync(ImageSource source, VolumeReadOptions options, CancellationToken cancellationToken) =>
        await IsNrrdAsync(source, cancellationToken)
            ? (await NrrdReader.ReadHeaderAsync(source, options, cancellationToken)).Header
            : (await NiftiReader.ReadHeaderAsync(source, options, cancellationToken)).Header;

    private static async Task<LoadedVolume> LoadAsync(ImageSource source, VolumeReadOptions options, DetachedVoxels detached, CancellationToken cancellationToken)
    {
        if (await IsNrrdAsync(source, cancellationToken))
        {
            var nrrd = await NrrdReader.ReadHeaderAsync(source, options, cancellationToken);
            if (nrrd.DataFile is null)
            {
                return new(nrrd.Header, await NrrdReader.ReadVoxelsAsync(source, nrrd, cancellationToken));
            }

            await using var data = detached.OpenNamed(source.Subject, nrrd.DataFile);
            await using var voxels = await ImageSource.OpenAsync(data, $"{source.Subject} ({nrrd.DataFile})", null, unpack: false, cancellationToken);
            return new(nrrd.Header, await NrrdReader.ReadVoxelsAsync(voxels, nrrd, cancellationToken));
        }

        var nifti = await NiftiReader.ReadHeaderAsync(source, options, cancellationToken);
        if (nifti.IsSingleFile)
        {
            return new(nifti.Header, await NiftiReader.ReadVoxelsAsync(source, nifti, cancellationToken));
        }

        await using var image = detached.OpenPair(source.Subject);
        await using var pair = await ImageSource.OpenAsync(image, $"{source.Subject} ({Path.GetFileName(image.Name)})", null, cancellationToken);
        return new(nifti.Header, await NiftiReader.ReadVoxelsAsync(pair, nifti, cancellationToken));
    }

    private static async ValueTask<bool> IsNrrdAsync(ImageSource source, CancellationToken cancellationToken)
    {
        var start = await source.PeekAsync(ForeignFormat.Needed, cancellationToken);
        if (NrrdReader.Matches(start.Span))
        {
            return true;
        }

        if (NiftiHeader.Matches(start.Span))
        {
            return false;
        }

        throw new VolumeFormatException(
            $"{source.Subject} is neither NIfTI nor NRRD: {(start.IsEmpty ? "it holds no byte" : "it starts with " + Convert.ToHexString(start.Span[..Math.Min(8, start.Length)]))}{ForeignFormat.Describe(start.Span)}. Convert it to .nii.gz or .nrrd.");
    }
}
