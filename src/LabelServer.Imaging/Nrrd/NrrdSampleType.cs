using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Nrrd;

/// <summary>NRRD's names for sample types. Source: the NRRD format, field "type".</summary>
internal static class NrrdSampleType
{
    /// <summary>The name that is written: the one that ITK writes.</summary>
    public static string NameOf(SampleType type) => type switch
    {
        SampleType.UInt8 => "unsigned char",
        SampleType.Int8 => "signed char",
        SampleType.UInt16 => "unsigned short",
        SampleType.Int16 => "short",
        SampleType.UInt32 => "unsigned int",
        SampleType.Int32 => "int",
        SampleType.UInt64 => "unsigned long long int",
        SampleType.Int64 => "long long int",
        SampleType.Float32 => "float",
        SampleType.Float64 => "double",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The sample type of a name.</summary>
    /// <exception cref="VolumeUnsupportedException">Opaque blocks have no numbers.</exception>
    /// <exception cref="VolumeFormatException">There is no such type.</exception>
    public static SampleType TypeOf(string type, string subject) => type.ToLowerInvariant() switch
    {
        "signed char" or "int8" or "int8_t" => SampleType.Int8,
        "uchar" or "unsigned char" or "uint8" or "uint8_t" => SampleType.UInt8,
        "short" or "short int" or "signed short" or "signed short int" or "int16" or "int16_t" => SampleType.Int16,
        "ushort" or "unsigned short" or "unsigned short int" or "uint16" or "uint16_t" => SampleType.UInt16,
        "int" or "signed int" or "int32" or "int32_t" => SampleType.Int32,
        "uint" or "unsigned int" or "uint32" or "uint32_t" => SampleType.UInt32,
        "longlong" or "long long" or "long long int" or "signed long long" or "signed long long int" or "int64" or "int64_t" => SampleType.Int64,
        "ulonglong" or "unsigned long long" or "unsigned long long int" or "uint64" or "uint64_t" => SampleType.UInt64,
        "float" => SampleType.Float32,
        "double" => SampleType.Float64,
        "block" => throw new VolumeUnsupportedException($"{subject} holds opaque blocks (NRRD type block), not numbers. Convert it to plain numbers, for example short or float."),
        _ => throw new VolumeFormatException($"{subject} is damaged: its NRRD type '{type}' does not exist. Export the image again."),
    };
}
