using System.Globalization;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Nifti;

/// <summary>Reads NIfTI-1, NIfTI-2 and Analyze. See README.md in this folder for the sources.</summary>
internal static class NiftiReader
{
    /// <summary>Header extensions beyond this are no header extensions; real ones hold a few kilobytes of text.</summary>
    private const long MaxVoxOffset = 256 << 20;

    /// <summary>What a NIfTI stream holds besides its voxels.</summary>
    /// <param name="Header">For users.</param>
    /// <param name="Layout">For reading the voxels.</param>
    /// <param name="IsSingleFile">Whether the voxels follow in the same stream.</param>
    /// <param name="VoxelStart">Bytes before the voxels, counted from the start of the stream that holds them.</param>
    public sealed record Description(VolumeHeader Header, VoxelLayout Layout, bool IsSingleFile, long VoxelStart);

    /// <summary>Reads the header; the source then stands behind it.</summary>
    /// <exception cref="ImagingException">One of the four kinds, naming the image.</exception>
    public static async Task<Description> ReadHeaderAsync(ImageSource source, VolumeReadOptions options, CancellationToken cancellationToken)
    {
        var start = await source.PeekAsync(4, cancellationToken);
        var bytes = new byte[NiftiHeader.LengthOf(start.Span)];
        await source.ReadExactlyAsync(bytes, "the NIfTI header", cancellationToken);
        var header = NiftiHeader.Parse(bytes, source.Subject);
        var (size, channels) = ShapeOf(header, source.Subject);
        var layout = new VoxelLayout(
            new VolumeGrid(size, Affine.Identity), channels, NiftiDataType.TypeOf(header.DataType, source.Subject))
        {
            BigEndian = header.BigEndian,
            Scaling = ScalingOf(header, source.Subject),
        };
        VoxelLayout.RequireWithinLimit(source.Subject, [size.I, size.J, size.K, channels], SampleTypes.SizeOf(layout.Result), options);
        layout = layout with { Grid = NiftiGeometry.GridOf(header, size, source.Subject) };
        var voxelStart = VoxelStartOf(header, source.Subject);
        if (header.IsSingleFile)
        {
            layout.RequireLength(source, voxelStart - header.Length);
        }

        return new(
            new VolumeHeader(layout.Grid, channels, layout.Result, layout.Stored, header.Format, []), layout, header.IsSingleFile, voxelStart);
    }

    /// <summary>Reads the voxels that follow the header in the same stream.</summary>
    public static async Task<Volume> ReadVoxelsAsync(ImageSource source, Description description, CancellationToken cancellationToken)
    {
        await SkipToVoxelsAsync(source, description, cancellationToken);
        var volume = await SampleReader.ReadAsync(source, description.Layout, cancellationToken);
        try
        {
            await source.ExpectEndAsync(cancellationToken);
            return volume;
        }
        catch
        {
            volume.Dispose();
            throw;
        }
    }

    /// <summary>Reads over the voxels that follow the header in the same stream, and looks at what comes behind them.</summary>
    public static async Task PassVoxelsAsync(ImageSource source, Description description, CancellationToken cancellationToken)
    {
        await SkipToVoxelsAsync(source, description, cancellationToken);
        await SampleReader.PassAsync(source, description.Layout, cancellationToken);
        await source.ExpectEndAsync(cancellationToken);
    }

    private static ValueTask SkipToVoxelsAsync(ImageSource source, Description description, CancellationToken cancellationToken)
    {
        var behind = description.IsSingleFile ? description.Header.Format == VolumeFormat.Nifti2 ? NiftiHeader.Length2 : NiftiHeader.Length1 : 0;
        return source.SkipAsync(description.VoxelStart - behind, "the header extensions", cancellationToken);
    }

    /// <summary>The spatial size, and the fourth dimension (or a vector in the fifth) as channels.</summary>
    private static (GridSize Size, int Channels) ShapeOf(NiftiHeader header, string subject)
    {
        var dim = header.Dim;
        if (dim[0] is < 1 or > 7)
        {
            throw new VolumeFormatException($"{subject} is damaged: its header names {dim[0]} dimensions (dim[0]); 1 to 7 are possible. Export the image again.");
        }

        for (var axis = 1; axis <= dim[0]; axis++)
        {
            if (dim[axis] < 1)
            {
                throw new VolumeFormatException($"{subject} is damaged: its size along dimension {axis} is {dim[axis]} (dim[{axis}]). Export the image again.");
            }
        }

        long Size(int axis) => axis <= dim[0] ? dim[axis] : 1;
        var shape = string.Join('×', dim.Skip(1).Take((int)dim[0]));
        if (dim[0] == 1 || Size(6) > 1 || Size(7) > 1 || (Size(4) > 1 && Size(5) > 1))
        {
            throw new VolumeUnsupportedException(
                $"{subject} has {shape} voxels. Volumes with two or three dimensions and one list of channels are read; split it into such volumes.");
        }

        var channels = Size(4) * Size(5);
        if (Size(1) > int.MaxValue || Size(2) > int.MaxValue || Size(3) > int.MaxValue || channels > int.MaxValue)
        {
            throw new VolumeTooLargeException($"{subject} says that it has {shape} voxels, more than any memory holds. Correct its header.");
        }

        return (new GridSize((int)Size(1), (int)Size(2), (int)Size(3)), (int)channels);
    }

    /// <summary>The scaling by nibabel's rules: a slope that is 0 or not finite means none; (1, 0) changes nothing. Analyze as SPM2 reads it.</summary>
    private static (double Slope, double Intercept)? ScalingOf(NiftiHeader header, string subject)
    {
        var (slope, intercept) = (header.Slope, header.Intercept);
        if (slope == 0 || !double.IsFinite(slope))
        {
            double stored = header.Calibration[2] - header.Calibration[3], scaled = header.Calibration[0] - header.Calibration[1];
            if (header.Format != VolumeFormat.Analyze || stored == 0 || scaled == 0 || !double.IsFinite(scaled))
            {
                return null;
            }

            slope = scaled / stored;
            intercept = header.Calibration[1] - (slope * header.Calibration[3]);
        }
        else if (!double.IsFinite(intercept))
        {
            if (header.Format != VolumeFormat.Analyze)
            {
                throw new VolumeFormatException(
                    $"{subject} has a scaling without sense: scl_slope is {slope.ToString("G6", CultureInfo.InvariantCulture)}, scl_inter is {intercept.ToString(CultureInfo.InvariantCulture)}. Set scl_inter to a number.");
            }

            intercept = 0;
        }

        return (slope, intercept) == (1, 0) ? null : (slope, intercept);
    }

    private static long VoxelStartOf(NiftiHeader header, string subject)
    {
        // A single file has at least four bytes after the header, which say whether extensions follow; 0 stands for "right after those".
        var least = header.IsSingleFile ? header.Length + 4 : 0;
        if (header.VoxOffset == 0)
        {
            return least;
        }

        if (!(header.VoxOffset >= least && header.VoxOffset <= MaxVoxOffset))
        {
            throw new VolumeFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{subject} is damaged: its voxels would start at byte {header.VoxOffset} (vox_offset); {least} to {MaxVoxOffset} is possible. Export the image again."));
        }

        return (long)header.VoxOffset;
    }
}
