namespace LabelServer.Imaging.Formats;

/// <summary>Finds the voxels of a header that stands in a file of its own: only beside it, never outside its folder.</summary>
internal sealed class DetachedVoxels
{
    private static readonly string[] ImageExtensions = [".img", ".img.gz", ".IMG", ".IMG.GZ"];
    private static readonly string[] HeaderExtensions = [".hdr", ".hdr.gz", ".HDR", ".HDR.GZ"];
    private readonly string? _headerPath;

    private DetachedVoxels(string? headerPath) => _headerPath = headerPath;

    /// <summary>For streams, which have no folder.</summary>
    public static DetachedVoxels Refused { get; } = new(null);

    /// <summary>For a header file.</summary>
    public static DetachedVoxels Beside(string headerPath) => new(headerPath);

    /// <summary>The header of an <c>.img</c> file; every other path as it is.</summary>
    /// <exception cref="VolumeFormatException">There is an <c>.img</c> but no header beside it.</exception>
    public static string HeaderOf(string path)
    {
        var extension = Array.Find(ImageExtensions, e => path.EndsWith(e, StringComparison.Ordinal));
        if (extension is null)
        {
            return path;
        }

        var stem = path[..^extension.Length];
        return Array.Find(HeaderExtensions, e => File.Exists(stem + e)) is { } found
            ? stem + found
            : throw new VolumeFormatException($"The image '{Path.GetFileName(path)}' has no header: '{Path.GetFileName(stem)}.hdr' is not beside it. Copy both files.");
    }

    /// <summary>Opens the <c>.img</c> of a <c>.hdr</c>.</summary>
    /// <exception cref="VolumeUnsupportedException">The header came as a stream.</exception>
    /// <exception cref="VolumeFormatException">There is no such file.</exception>
    public FileStream OpenPair(string subject)
    {
        var path = Require(subject, "an .img file");
        var extension = Array.Find(HeaderExtensions, e => path.EndsWith(e, StringComparison.Ordinal));
        var stem = extension is null ? Path.ChangeExtension(path, null) : path[..^extension.Length];
        return Array.Find(ImageExtensions, e => File.Exists(stem + e)) is { } found
            ? VolumeReader.OpenFile(stem + found)
            : throw new VolumeFormatException($"{subject} has no voxels: '{Path.GetFileName(stem)}.img' is not beside it. Copy both files.");
    }

    /// <summary>Opens the data file that a NRRD header names.</summary>
    /// <exception cref="VolumeUnsupportedException">The header came as a stream, or names a file in another folder.</exception>
    /// <exception cref="VolumeFormatException">There is no such file.</exception>
    public FileStream OpenNamed(string subject, string dataFile)
    {
        var path = Require(subject, $"'{dataFile}'");

        // Both kinds of separator and drive colons count on every system: a header that is harmless here must not be an attack elsewhere.
        if (dataFile.AsSpan().ContainsAny('/', '\\', ':') || dataFile is "." or "..")
        {
            throw new VolumeUnsupportedException(
                $"{subject} names the data file '{dataFile}'; only a file in the header's own folder is read. Put both into one folder and write the bare name.");
        }

        var full = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, dataFile);
        return File.Exists(full)
            ? VolumeReader.OpenFile(full)
            : throw new VolumeFormatException($"{subject} has no voxels: its data file '{dataFile}' is not beside it. Copy both files.");
    }

    private string Require(string subject, string where) => _headerPath ?? throw new VolumeUnsupportedException(
        $"{subject} is only a header; its voxels are in {where}. Send it as one file: .nii.gz or .nrrd with attached data.");
}
