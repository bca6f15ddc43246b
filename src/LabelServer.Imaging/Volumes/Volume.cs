using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Volumes;

/// <summary>Samples on a grid, with one or more channels, whatever their number type. Owns its memory: dispose it.</summary>
/// <remarks>
/// Memory order: i fastest, then j, then k, then the channel: sample (c, i, j, k) is at <c>((c * K + k) * J + j) * I + i</c>, which is the order of NIfTI and NRRD files.
/// MONAI's arrays [C, X, Y, Z] hold the same axes with z fastest. RAS is the only frame inside the program.
/// </remarks>
public abstract class Volume : IDisposable
{
    private protected Volume(VolumeGrid grid, int channels, SampleType sampleType)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        Grid = grid;
        Channels = channels;
        SampleType = sampleType;
    }

    /// <summary>Size and place in space.</summary>
    public VolumeGrid Grid { get; }

    /// <summary>The number of channels, at least 1.</summary>
    public int Channels { get; }

    /// <summary>The number type of the samples.</summary>
    public SampleType SampleType { get; }

    /// <summary>Voxels along (i, j, k).</summary>
    public GridSize Size => Grid.Size;

    /// <summary>Creates a volume of a sample type that is known only at run time.</summary>
    /// <inheritdoc cref="Volume{T}(VolumeGrid, int, bool)"/>
    public static Volume Create(SampleType type, VolumeGrid grid, int channels = 1, bool clear = true) => type switch
    {
        SampleType.UInt8 => new Volume<byte>(grid, channels, clear),
        SampleType.Int8 => new Volume<sbyte>(grid, channels, clear),
        SampleType.UInt16 => new Volume<ushort>(grid, channels, clear),
        SampleType.Int16 => new Volume<short>(grid, channels, clear),
        SampleType.UInt32 => new Volume<uint>(grid, channels, clear),
        SampleType.Int32 => new Volume<int>(grid, channels, clear),
        SampleType.UInt64 => new Volume<ulong>(grid, channels, clear),
        SampleType.Int64 => new Volume<long>(grid, channels, clear),
        SampleType.Float32 => new Volume<float>(grid, channels, clear),
        SampleType.Float64 => new Volume<double>(grid, channels, clear),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the samples.</summary>
    protected abstract void Dispose(bool disposing);
}
