using System.Globalization;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Formats;

/// <summary>How the voxels lie in a file and what they become.</summary>
/// <param name="Grid">Size and place of the result.</param>
/// <param name="Channels">Channels of the result.</param>
/// <param name="Stored">The sample type in the file.</param>
internal sealed record VoxelLayout(VolumeGrid Grid, int Channels, SampleType Stored)
{
    /// <summary>Whether samples of more than one byte start with their highest byte.</summary>
    public bool BigEndian { get; init; }

    /// <summary>How the samples are written down.</summary>
    public VoxelEncoding Encoding { get; init; }

    /// <summary>Value = stored × slope + intercept; null when the stored values are the values.</summary>
    public (double Slope, double Intercept)? Scaling { get; init; }

    /// <summary>The number of samples before the channel changes: the voxel count where channels lie one after the other, 1 where each voxel's channels lie together.</summary>
    public long ChannelRun { get; init; } = Grid.Size.VoxelCount;

    /// <summary>
    /// The sample type of the result. Scaled values are computed in double, as nibabel does, and kept as float32 (which is what MONAI's LoadImage makes of
    /// them) unless the stored type has more than 24 bits, where float32 would lose some.
    /// </summary>
    public SampleType Result => Scaling is null ? Stored : Stored switch
    {
        SampleType.UInt8 or SampleType.Int8 or SampleType.UInt16 or SampleType.Int16 or SampleType.Float32 => SampleType.Float32,
        _ => SampleType.Float64,
    };

    /// <summary>The number of samples of all channels.</summary>
    public long SampleCount => Grid.Size.VoxelCount * Channels;

    /// <summary>Whether the file's bytes are, but for the byte order, the result's bytes.</summary>
    public bool IsDirect => Encoding == VoxelEncoding.Raw && Scaling is null && (Channels == 1 || ChannelRun == Grid.Size.VoxelCount);

    /// <summary>Checks a grid before anything is computed from it or memory is asked for.</summary>
    /// <param name="subject">The image, as messages begin.</param>
    /// <param name="sizes">The sizes of the header, all above 0.</param>
    /// <param name="bytesPerSample">Of the result.</param>
    /// <param name="options">The limit.</param>
    /// <exception cref="VolumeTooLargeException">The samples would take more than the limit, or are more than one block of memory holds.</exception>
    public static void RequireWithinLimit(string subject, ReadOnlySpan<long> sizes, int bytesPerSample, VolumeReadOptions options)
    {
        double samples = 1;
        foreach (var size in sizes)
        {
            samples *= size;
        }

        // Compared as double: exact up to 2⁵³, far above every limit, and free of overflow beyond.
        var bytes = samples * bytesPerSample;
        if (bytes > options.MaxBytes || samples > Array.MaxLength)
        {
            var limit = Math.Min(options.MaxBytes, (double)Array.MaxLength * bytesPerSample);
            throw new VolumeTooLargeException(string.Create(
                CultureInfo.InvariantCulture,
                $"{subject} says that it holds {string.Join('×', sizes.ToArray())} samples, which need {bytes / (1 << 20):N0} MiB of memory; the limit is {limit / (1 << 20):N0} MiB. Crop or resample it, or correct its header."));
        }
    }

    /// <summary>Checks that the file can hold all samples, where its length is known.</summary>
    /// <param name="source">Where the samples come from.</param>
    /// <param name="before">Bytes that come before the samples.</param>
    /// <exception cref="VolumeFormatException">It is too short.</exception>
    public void RequireLength(ImageSource source, long before = 0)
    {
        var needed = Encoding switch
        {
            VoxelEncoding.Text => (SampleCount * 2) - 1,
            VoxelEncoding.Hex => SampleCount * 2 * SampleTypes.SizeOf(Stored),
            _ => SampleCount * SampleTypes.SizeOf(Stored),
        };
        if (source.MaxRemaining is { } most && needed > most - before)
        {
            throw new VolumeFormatException(
                $"{source.Subject} is cut short: its header names {Grid.Size} voxels with {Channels} channel(s) of {Stored}, {needed} bytes, but at most {Math.Max(0, most - before)} can follow. Send the whole file again.");
        }
    }
}
