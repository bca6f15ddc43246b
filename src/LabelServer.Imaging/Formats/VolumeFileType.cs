namespace LabelServer.Imaging.Formats;

/// <summary>The kinds of file that can be written.</summary>
public enum VolumeFileType
{
    /// <summary><c>.nrrd</c>, attached header.</summary>
    Nrrd,

    /// <summary><c>.seg.nrrd</c>: NRRD with the names, colours and values of the segments, as 3D Slicer writes it.</summary>
    SegNrrd,

    /// <summary><c>.nii</c>, one uncompressed file.</summary>
    Nifti,

    /// <summary><c>.nii.gz</c>.</summary>
    NiftiGzip,
}
