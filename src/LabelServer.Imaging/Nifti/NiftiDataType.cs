using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Nifti;

/// <summary>NIfTI's numbers for sample types. Source: nifti1.h, "NIFTI_TYPE_…"; Analyze has the same numbers up to 128.</summary>
internal static class NiftiDataType
{
    private static readonly (short Code, SampleType Type)[] Known =
    [
        (2, SampleType.UInt8), (4, SampleType.Int16), (8, SampleType.Int32), (16, SampleType.Float32), (64, SampleType.Float64),
        (256, SampleType.Int8), (512, SampleType.UInt16), (768, SampleType.UInt32), (1024, SampleType.Int64), (1280, SampleType.UInt64),
    ];

    /// <summary>The code that is written for a sample type.</summary>
    public static short CodeOf(SampleType type) => Array.Find(Known, k => k.Type == type).Code;

    /// <summary>The sample type of a code.</summary>
    /// <exception cref="VolumeUnsupportedException">The code stands for something that is not a plain number; the message names it.</exception>
    /// <exception cref="VolumeFormatException">The code stands for nothing.</exception>
    public static SampleType TypeOf(int code, string subject)
    {
        foreach (var (known, type) in Known)
        {
            if (known == code)
            {
                return type;
            }
        }

        var what = code switch
        {
            1 => "one-bit",
            32 => "complex (2 × float32)",
            128 => "RGB colour",
            1536 => "128-bit float",
            1792 => "complex (2 × float64)",
            2048 => "complex (2 × float128)",
            2304 => "RGBA colour",
            _ => null,
        };
        throw what is null
            ? new VolumeFormatException($"{subject} is damaged: its NIfTI datatype {code} does not exist. Export the image again.")
            : new VolumeUnsupportedException($"{subject} holds {what} voxels (NIfTI datatype {code}). Convert it to plain numbers, for example int16 or float32.");
    }
}
