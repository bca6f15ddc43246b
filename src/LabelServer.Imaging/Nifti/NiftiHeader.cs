using System.Buffers.Binary;
using LabelServer.Imaging.Formats;

namespace LabelServer.Imaging.Nifti;

/// <summary>The fields of a NIfTI-1, NIfTI-2 or Analyze header that matter for reading, as they stand in the file.</summary>
/// <remarks>Source: nifti1.h and nifti2.h (field offsets); see README.md in this folder.</remarks>
internal sealed record NiftiHeader(VolumeFormat Format, bool BigEndian)
{
    /// <summary>The length of a NIfTI-1 and Analyze header.</summary>
    public const int Length1 = 348;

    /// <summary>The length of a NIfTI-2 header.</summary>
    public const int Length2 = 540;

    /// <summary>dim[0..7]: how many dimensions, then their sizes.</summary>
    public required long[] Dim { get; init; }

    /// <summary>pixdim[0..7]: the handedness of the qform, then the spacings.</summary>
    public required double[] PixDim { get; init; }

    /// <summary>The number of the sample type.</summary>
    public required int DataType { get; init; }

    /// <summary>Where the voxels start, in bytes.</summary>
    public required double VoxOffset { get; init; }

    /// <summary>scl_slope.</summary>
    public required double Slope { get; init; }

    /// <summary>scl_inter.</summary>
    public required double Intercept { get; init; }

    /// <summary>Above 0 when the quaternion is meant.</summary>
    public int QFormCode { get; init; }

    /// <summary>Above 0 when the rows are meant.</summary>
    public int SFormCode { get; init; }

    /// <summary>quatern_b, c, d and qoffset_x, y, z.</summary>
    public double[] Quaternion { get; init; } = new double[6];

    /// <summary>srow_x, y and z.</summary>
    public double[] Rows { get; init; } = new double[12];

    /// <summary>Whether the voxels follow in the same file.</summary>
    public bool IsSingleFile { get; init; }

    /// <summary>Analyze only: SPM's origin, the 1-based voxel at (0, 0, 0) mm.</summary>
    public short[] Origin { get; init; } = new short[3];

    /// <summary>Analyze only: cal_max, cal_min, glmax, glmin, from which SPM2 takes a scaling when there is no slope.</summary>
    public double[] Calibration { get; init; } = new double[4];

    /// <summary>The bytes of the header itself.</summary>
    public int Length => Format == VolumeFormat.Nifti2 ? Length2 : Length1;

    /// <summary>True when the first bytes can be the start of such a header: its own length, in either byte order.</summary>
    public static bool Matches(ReadOnlySpan<byte> start) => start.Length >= 4 &&
        (BinaryPrimitives.ReadInt32LittleEndian(start) is Length1 or Length2 || BinaryPrimitives.ReadInt32BigEndian(start) is Length1 or Length2);

    /// <summary>How many bytes the header has, told by its first four.</summary>
    public static int LengthOf(ReadOnlySpan<byte> start) =>
        BinaryPrimitives.ReadInt32LittleEndian(start) is var little and (Length1 or Length2) ? little : BinaryPrimitives.ReadInt32BigEndian(start);

    /// <summary>Reads a whole header.</summary>
    /// <exception cref="VolumeFormatException">A NIfTI-2 header has no NIfTI-2 magic.</exception>
    public static NiftiHeader Parse(ReadOnlySpan<byte> bytes, string subject) => LengthOf(bytes) == Length2 ? Parse2(bytes, subject) : Parse1(bytes);

    private static NiftiHeader Parse1(ReadOnlySpan<byte> bytes)
    {
        var fields = new NiftiFieldReader(bytes, BinaryPrimitives.ReadInt32BigEndian(bytes) == Length1);
        var magic = bytes.Slice(344, 4);
        var isSingle = magic.SequenceEqual("n+1\0"u8);
        var isNifti = isSingle || magic.SequenceEqual("ni1\0"u8);
        var header = new NiftiHeader(isNifti ? VolumeFormat.Nifti1 : VolumeFormat.Analyze, fields.BigEndian)
        {
            Dim = fields.Int16s(40, 8),
            DataType = fields.Int16(70),
            PixDim = fields.Singles(76, 8),
            VoxOffset = fields.Single(108),
            Slope = fields.Single(112),
            Intercept = fields.Single(116),
            IsSingleFile = isSingle,
        };
        return isNifti
            ? header with { QFormCode = fields.Int16(252), SFormCode = fields.Int16(254), Quaternion = fields.Singles(256, 6), Rows = fields.Singles(280, 12) }
            : header with
            {
                Origin = [fields.Int16(253), fields.Int16(255), fields.Int16(257)],
                Calibration = [fields.Single(124), fields.Single(128), fields.Int32(140), fields.Int32(144)],
            };
    }

    private static NiftiHeader Parse2(ReadOnlySpan<byte> bytes, string subject)
    {
        // The four bytes after the magic notice line-end conversion by a text transfer.
        var magic = bytes.Slice(4, 8);
        var isSingle = magic.SequenceEqual("n+2\0\r\n\x1a\n"u8);
        if (!isSingle && !magic.SequenceEqual("ni2\0\r\n\x1a\n"u8))
        {
            throw new VolumeFormatException(
                $"{subject} is damaged: it starts like NIfTI-2, but its magic is {Convert.ToHexString(magic)} instead of 'n+2' or 'ni2' with 0D 0A 1A 0A. It may have been transferred as text; send it again as binary.");
        }

        var fields = new NiftiFieldReader(bytes, BinaryPrimitives.ReadInt32BigEndian(bytes) == Length2);
        return new NiftiHeader(VolumeFormat.Nifti2, fields.BigEndian)
        {
            DataType = fields.Int16(12),
            Dim = fields.Int64s(16, 8),
            PixDim = fields.Doubles(104, 8),
            VoxOffset = fields.Int64(168),
            Slope = fields.Double(176),
            Intercept = fields.Double(184),
            QFormCode = fields.Int32(344),
            SFormCode = fields.Int32(348),
            Quaternion = fields.Doubles(352, 6),
            Rows = fields.Doubles(400, 12),
            IsSingleFile = isSingle,
        };
    }
}
