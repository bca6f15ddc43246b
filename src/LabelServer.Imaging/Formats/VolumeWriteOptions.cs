using System.IO.Compression;

namespace LabelServer.Imaging.Formats;

/// <summary>How a volume is written.</summary>
public sealed record VolumeWriteOptions
{
    /// <summary>The options that hold when none are given.</summary>
    public static VolumeWriteOptions Default { get; } = new();

    /// <summary>Whether the voxels of a <c>.nrrd</c> or <c>.seg.nrrd</c> are compressed; false by default. The other types say it by their extension, and ignore this.</summary>
    public bool Compress { get; init; }

    /// <summary>How hard gzip tries; the fastest by default, which halves a label map's time on the way for a few per cent of size.</summary>
    public CompressionLevel CompressionLevel { get; init; } = CompressionLevel.Fastest;

    /// <summary>The segments of a <c>.seg.nrrd</c>; other types cannot hold them and ignore this.</summary>
    public IReadOnlyList<Segment> Segments { get; init; } = [];
}
