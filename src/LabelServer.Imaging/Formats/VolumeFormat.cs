namespace LabelServer.Imaging.Formats;

/// <summary>The kind of file a volume was read from, told by its content.</summary>
public enum VolumeFormat
{
    /// <summary>Analyze 7.5, a pair of <c>.hdr</c> and <c>.img</c> without NIfTI magic, read as SPM does.</summary>
    Analyze,

    /// <summary>NIfTI-1, one file or a pair.</summary>
    Nifti1,

    /// <summary>NIfTI-2, one file or a pair.</summary>
    Nifti2,

    /// <summary>NRRD with attached or detached data, <c>.seg.nrrd</c> included.</summary>
    Nrrd,
}
