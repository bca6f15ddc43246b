using LabelServer.Imaging.Geometry;

namespace LabelServer.Datastore.Checks;

/// <summary>Looks into volume files. Everything that is wrong with a file is an <see cref="Imaging.ImagingException"/> whose message begins with the subject that the caller gives, such as "The image 'spleen_3'".</summary>
internal interface IVolumeInspector
{
    /// <summary>Where the voxels lie, from the header.</summary>
    Task<VolumeGrid> ReadGridAsync(Stream content, string subject, CancellationToken cancellationToken);

    /// <summary>Reads all of a volume, to see that it is complete.</summary>
    Task<VolumeGrid> ReadCompletelyAsync(Stream content, string subject, CancellationToken cancellationToken);

    /// <summary>Reads a label.</summary>
    Task<LabelContent> ReadLabelAsync(Stream content, string subject, CancellationToken cancellationToken);
}
