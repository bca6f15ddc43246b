using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Tests.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Nifti;

public sealed class NiftiReaderTests
{
    private static readonly short[] TwentyFour = [.. Enumerable.Range(0, 24).Select(n => (short)((n * 300) - 1000))];

    public static TheoryData<bool, int> OrdersAndVersions() => [(false, 1), (true, 1), (false, 2), (true, 2)];

    [Theory]
    [MemberData(nameof(OrdersAndVersions))]
    public async Task Read_EitherByteOrderAndVersion_GivesTheSameVolume(bool bigEndian, int version)
    {
        var file = new NiftiFile(bigEndian, version) { SForm = 1, Rows = [0, -2, 0, 10, 1, 0, 0, 20, 0, 0, 3, 30] };

        using var loaded = await PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour)));

        Assert.Equal(version == 1 ? VolumeFormat.Nifti1 : VolumeFormat.Nifti2, loaded.Header.Format);
        Assert.Equal(TwentyFour, Assert.IsType<Volume<short>>(loaded.Volume).Samples.ToArray());
        Assert.Equal(new VolumeGrid(new GridSize(2, 3, 4), new Affine(0, -2, 0, 10, 1, 0, 0, 20, 0, 0, 3, 30)), loaded.Volume.Grid);
    }

    [Fact]
    public async Task Read_BigEndianFloat64_ReversesEightBytes()
    {
        var file = new NiftiFile(bigEndian: true) { DataType = 64, Dim = [3, 2, 1, 1, 1, 1, 1, 1] };

        using var loaded = await PatternVolume.ReadAsync(file.With(file.Samples(1.5, -2.25e100)));

        Assert.Equal([1.5, -2.25e100], Assert.IsType<Volume<double>>(loaded.Volume).Samples.ToArray());
    }

    [Fact]
    public async Task Read_SFormAndQForm_TakesTheSForm()
    {
        var file = new NiftiFile { SForm = 2, QForm = 1, Rows = [2, 0, 0, 1, 0, 2, 0, 2, 0, 0, 2, 3], Quaternion = [0, 0, 0, 9, 9, 9] };

        await AssertAffine(file, new(2, 0, 0, 1, 0, 2, 0, 2, 0, 0, 2, 3));
    }

    [Fact]
    public async Task Read_OnlyQForm_TurnsAndMirrorsBySpacingAndHandedness()
    {
        // A quarter turn about z (x → y), mirrored along the third axis.
        var file = new NiftiFile { QForm = 1, PixDim = [-1, 2, 3, 4, 0, 0, 0, 0], Quaternion = [0, 0, Math.Sqrt(0.5), 10, 20, 30] };

        await AssertAffine(file, new(0, -3, 0, 10, 2, 0, 0, 20, 0, 0, -4, 30), 1e-6);
    }

    [Fact]
    public async Task Read_HalfTurnInSinglePrecision_HasNoFourthPart()
    {
        // In single precision b² + c² + d² comes out as 1 ± 1e-7; taking the rest for a fourth part would tilt the image by 0.02 degrees.
        var file = new NiftiFile { QForm = 1, Quaternion = [0.6f, 0.8f, 0, 0, 0, 0] };

        await AssertAffine(file, new(-0.28, 0.96, 0, 0, 0.96, 0.28, 0, 0, 0, 0, -1, 0), 1e-6);
    }

    [Fact]
    public async Task Read_NoForm_CentresTheVolumeAndRunsToTheLeft()
    {
        var file = new NiftiFile { PixDim = [1, 2, 0, -4, 0, 0, 0, 0] };

        // The spacing 0 counts as 1 and -4 as 4, as nibabel repairs them.
        await AssertAffine(file, new(-2, 0, 0, 1, 0, 1, 0, -1, 0, 0, 4, -6));
    }

    [Fact]
    public async Task Read_Scaling_IsComputedInDoubleAndKeptAsSingle()
    {
        var file = new NiftiFile { Slope = 0.1, Intercept = -1024 };

        using var loaded = await PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour)));

        Assert.Equal((SampleType.Float32, SampleType.Int16), (loaded.Header.SampleType, loaded.Header.StoredType));
        Assert.Equal(TwentyFour.Select(v => (float)((v * (double)0.1f) - 1024)), Assert.IsType<Volume<float>>(loaded.Volume).Samples.ToArray());
    }

    [Fact]
    public async Task Read_ScaledInt32_KeepsAllItsDigits()
    {
        var file = new NiftiFile { DataType = 8, Dim = [3, 2, 1, 1, 1, 1, 1, 1], Slope = 2, Intercept = 1 };

        using var loaded = await PatternVolume.ReadAsync(file.With(file.Samples(123456789, -1)));

        Assert.Equal([246913579.0, -1.0], Assert.IsType<Volume<double>>(loaded.Volume).Samples.ToArray());
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(double.NaN, 5)]
    [InlineData(double.PositiveInfinity, 5)]
    [InlineData(1, 0)]
    public async Task Read_ScalingThatSaysNothing_LeavesTheStoredType(double slope, double intercept)
    {
        var file = new NiftiFile { Slope = slope, Intercept = intercept };

        using var loaded = await PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour)));

        Assert.Equal(TwentyFour, Assert.IsType<Volume<short>>(loaded.Volume).Samples.ToArray());
    }

    [Fact]
    public async Task Read_FourthDimension_BecomesChannels()
    {
        var file = new NiftiFile { Dim = [4, 2, 3, 1, 4, 1, 1, 1] };

        using var loaded = await PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour)));

        Assert.Equal((4, new GridSize(2, 3, 1)), (loaded.Volume.Channels, loaded.Volume.Size));
        Assert.Equal(TwentyFour[6..12], ((Volume<short>)loaded.Volume).Channel(1).ToArray());
    }

    [Fact]
    public async Task Read_VectorInTheFifthDimension_BecomesChannels()
    {
        var file = new NiftiFile { Dim = [5, 2, 2, 2, 1, 3, 1, 1] };

        using var loaded = await PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour)));

        Assert.Equal((3, new GridSize(2, 2, 2)), (loaded.Volume.Channels, loaded.Volume.Size));
    }

    [Fact]
    public async Task Read_TwoDimensions_IsOneSlice()
    {
        var file = new NiftiFile { Dim = [2, 6, 4, 1, 1, 1, 1, 1], SForm = 1, Rows = [2, 0, 0, 1, 0, 2, 0, 2, 0, 0, 0, 3] };

        using var loaded = await PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour)));

        // The header gives the slice no axis; it gets one at right angles.
        Assert.Equal(new VolumeGrid(new GridSize(6, 4, 1), new Affine(2, 0, 0, 1, 0, 2, 0, 2, 0, 0, 1, 3)), loaded.Volume.Grid);
    }

    [Fact]
    public async Task Read_HeaderExtensions_AreSkipped()
    {
        var file = new NiftiFile { VoxOffset = 400 };

        using var loaded = await PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour)));

        Assert.Equal(TwentyFour, Assert.IsType<Volume<short>>(loaded.Volume).Samples.ToArray());
    }

    [Theory]
    [InlineData(32, "complex")]
    [InlineData(128, "RGB")]
    [InlineData(1792, "complex")]
    [InlineData(2304, "RGBA")]
    [InlineData(1536, "128-bit")]
    [InlineData(1, "one-bit")]
    public async Task Read_SamplesThatAreNoPlainNumbers_AreRefusedByName(short type, string expected)
    {
        var fault = await Assert.ThrowsAsync<VolumeUnsupportedException>(() => PatternVolume.ReadAsync(new NiftiFile { DataType = type }.With(new byte[1000]), "spleen_3"));

        Assert.Contains("'spleen_3'", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_FiveDimensions_IsRefused() =>
        await Assert.ThrowsAsync<VolumeUnsupportedException>(() => PatternVolume.ReadAsync(new NiftiFile { Dim = [5, 2, 2, 2, 2, 3, 1, 1] }.With(new byte[1000])));

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(-3)]
    public async Task Read_ImpossibleNumberOfDimensions_IsRefused(short dimensions) =>
        await Assert.ThrowsAsync<VolumeFormatException>(() => PatternVolume.ReadAsync(new NiftiFile { Dim = [dimensions, 2, 2, 2, 1, 1, 1, 1] }.With(new byte[1000])));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(100)]
    [InlineData(-1)]
    [InlineData(1e20)]
    public async Task Read_VoxelsThatStartNowhere_AreRefused(double offset)
    {
        var file = new NiftiFile { VoxOffset = offset };

        await Assert.ThrowsAsync<VolumeFormatException>(() => PatternVolume.ReadAsync([.. file.Header(), .. new byte[1000]]));
    }

    [Fact]
    public async Task Read_AffineThatIsNoNumber_NamesTheImage()
    {
        var file = new NiftiFile { SForm = 1, Rows = [1, 0, 0, double.NaN, 0, 1, 0, 0, 0, 0, 1, 0] };

        var fault = await Assert.ThrowsAsync<GeometryException>(() => PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour)), "spleen_3"));

        Assert.Equal("The image 'spleen_3' has no usable place in space: its affine is [1 0 0 NaN; 0 1 0 0; 0 0 1 0]. Correct the header's directions and origin.", fault.Message);
    }

    [Fact]
    public async Task Read_AxisWithoutLength_NamesImageAndAxis()
    {
        var file = new NiftiFile { SForm = 1, Rows = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0] };

        var fault = await Assert.ThrowsAsync<GeometryException>(() => PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour)), "spleen_3"));

        Assert.Equal("The image 'spleen_3': axis k is (0, 0, 0) mm; the header has no spacing along it. Set the spacing or the direction of that axis.", fault.Message);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1e-60)]
    public async Task Read_ParallelAxes_AreRefused(double length)
    {
        var file = new NiftiFile(version: 2) { SForm = 1, Rows = [length, length, 0, 0, length, length, 0, 0, 0, 0, length, 0] };

        await Assert.ThrowsAsync<GeometryException>(() => PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour))));
    }

    [Fact]
    public async Task Read_QuaternionLongerThanOne_IsRefused()
    {
        var file = new NiftiFile { QForm = 1, Quaternion = [1, 1, 0, 0, 0, 0] };

        await Assert.ThrowsAsync<GeometryException>(() => PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour))));
    }

    [Fact]
    public async Task Read_HeaderOfAPairAsStream_SaysWhatToSend()
    {
        var file = new NiftiFile { Magic = "ni1\0", VoxOffset = 0 };

        var header = await VolumeReader.ReadHeaderAsync(new MemoryStream(file.Header()), "a.hdr", cancellationToken: TestContext.Current.CancellationToken);
        var fault = await Assert.ThrowsAsync<VolumeUnsupportedException>(() => PatternVolume.ReadAsync(file.Header(), "a.hdr"));

        Assert.Equal(new GridSize(2, 3, 4), header.Grid.Size);
        Assert.Contains(".img", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Read_TextTransferredNifti2_IsRefused(int part)
    {
        var file = new NiftiFile(version: 2) { Magic = part == 1 ? "n+2\0\n\u001a\n\0" : "xxxx\r\n\u001a\n" };

        await Assert.ThrowsAsync<VolumeFormatException>(() => PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour))));
    }

    private static async Task AssertAffine(NiftiFile file, Affine expected, double tolerance = 1e-7)
    {
        using var loaded = await PatternVolume.ReadAsync(file.With(file.Samples(TwentyFour)));
        PatternVolume.AssertSame(expected, loaded.Volume.Grid.Affine, tolerance);
    }
}
