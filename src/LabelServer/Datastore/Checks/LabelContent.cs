using LabelServer.Imaging.Geometry;

namespace LabelServer.Datastore.Checks;

/// <summary>What a label file holds.</summary>
/// <param name="Grid">Where its voxels lie.</param>
/// <param name="Values">The values other than 0 that occur, ascending.</param>
/// <param name="SegmentNames">Value → name as the file itself says (<c>.seg.nrrd</c>); null when it says nothing, or when it has several layers, in which one value has several meanings.</param>
internal sealed record LabelContent(VolumeGrid Grid, IReadOnlyList<long> Values, IReadOnlyDictionary<int, string>? SegmentNames);
