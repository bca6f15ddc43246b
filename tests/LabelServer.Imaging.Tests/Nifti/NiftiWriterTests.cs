using System.Buffers.Binary;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Nifti;
using LabelServer.Imaging.Tests.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Nifti;

public sealed class NiftiWriterTests
{
    public static TheoryData<string> Affines() => [.. PatternVolume.Affines.Keys];

    [Theory]
    [MemberData(nameof(Affines))]
    public async Task Write_AnyAffine_HasAQFormThatIsItsNearestRotation(string name)
    {
        var affine = PatternVolume.Affines[name];
        using var volume = PatternVolume.Make(SampleType.UInt8, new GridSize(4, 3, 2), 1, affine);
        var bytes = await PatternVolume.WriteAsync(volume, VolumeFileType.Nifti);

        // Without its sform the file is placed by its qform.
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(254), 0);
        using var back = await PatternVolume.ReadAsync(bytes);

        var q = back.Volume.Grid.Affine;
        if (name != "sheared")
        {
            PatternVolume.AssertSame(affine, q, 5e-6);
            return;
        }

        // Same origin and spacings, orthogonal axes, no farther from the affine than the axes are from a right angle.
        var ((si, sj, sk), (qi, qj, qk)) = (affine.Spacing(), q.Spacing());
        Assert.Equal([si, sj, sk, affine.M03, affine.M13, affine.M23], new[] { qi, qj, qk, q.M03, q.M13, q.M23 }.Select(v => Math.Round(v, 5)), Close);
        Assert.Equal(0, (q.M00 * q.M02) + (q.M10 * q.M12) + (q.M20 * q.M22), 1e-5);
        Assert.Equal(0, (q.M00 * q.M01) + (q.M10 * q.M11) + (q.M20 * q.M21), 1e-5);
        Assert.InRange(Math.Abs(q.M02 - affine.M02), 0.01, 0.2);
    }

    [Fact]
    public void QuaternionOf_SlightlyShearedAxes_IsThePolarDecomposition()
    {
        // For symmetric shear the nearest rotation is the identity.
        var (b, c, d, qfac) = NiftiGeometry.QuaternionOf(new Affine(1, 0.1, 0, 0, 0.1, 1, 0, 0, 0, 0, 1, 0));

        Assert.Equal((0, 0, 0, 1), (Math.Round(b, 12), Math.Round(c, 12), Math.Round(d, 12), qfac));
    }

    [Fact]
    public async Task Write_MoreThan32767Voxels_AlongAnAxisIsNifti2()
    {
        using var volume = PatternVolume.Make(SampleType.UInt8, new GridSize(40000, 2, 2), 1, PatternVolume.Affines["sheared"]);

        using var back = await PatternVolume.ReadAsync(await PatternVolume.WriteAsync(volume, VolumeFileType.NiftiGzip));

        Assert.Equal(VolumeFormat.Nifti2, back.Header.Format);
        Assert.Equal(volume.Grid, back.Volume.Grid);
        Assert.Equal(PatternVolume.Values(volume), PatternVolume.Values(back.Volume));
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 2e-5;
}
