using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Formats;

/// <summary>What a file says about its volume, without the voxels.</summary>
/// <param name="Grid">Size and place in space; the affine is RAS+ and not singular.</param>
/// <param name="Channels">The number of channels (a fourth dimension, a vector or the layers of a segmentation), at least 1.</param>
/// <param name="SampleType">The sample type of the volume once it is read, scaling included.</param>
/// <param name="StoredType">The sample type in the file.</param>
/// <param name="Format">The kind of file.</param>
/// <param name="Segments">The segments that the file names; empty when it names none.</param>
public sealed record VolumeHeader(
    VolumeGrid Grid,
    int Channels,
    SampleType SampleType,
    SampleType StoredType,
    VolumeFormat Format,
    IReadOnlyList<Segment> Segments);
