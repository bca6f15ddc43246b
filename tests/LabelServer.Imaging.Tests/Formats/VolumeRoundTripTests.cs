using System.IO.Compression;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Formats;

public sealed class VolumeRoundTripTests
{
    public static TheoryData<SampleType, VolumeFileType> TypesAndFiles() =>
        [.. from type in Enum.GetValues<SampleType>() from file in Enum.GetValues<VolumeFileType>() select (type, file)];

    public static TheoryData<string, VolumeFileType> AffinesAndFiles() =>
        [.. from affine in PatternVolume.Affines.Keys from file in Enum.GetValues<VolumeFileType>() select (affine, file)];

    [Theory]
    [MemberData(nameof(TypesAndFiles))]
    public async Task Read_WhatWasWritten_HasEverySample(SampleType type, VolumeFileType file)
    {
        using var volume = PatternVolume.Make(type, new GridSize(7, 5, 3));

        using var back = await PatternVolume.ReadAsync(await PatternVolume.WriteAsync(volume, file));

        Assert.Equal(type, back.Volume.SampleType);
        Assert.Equal(PatternVolume.Values(volume), PatternVolume.Values(back.Volume));
    }

    [Theory]
    [MemberData(nameof(AffinesAndFiles))]
    public async Task Read_WhatWasWritten_LiesInTheSamePlace(string affine, VolumeFileType file)
    {
        using var volume = PatternVolume.Make(SampleType.UInt8, new GridSize(7, 5, 3), 1, PatternVolume.Affines[affine]);

        using var back = await PatternVolume.ReadAsync(await PatternVolume.WriteAsync(volume, file));

        // NRRD holds the numbers exactly; a NIfTI-1 header has single precision.
        PatternVolume.AssertSame(volume.Grid.Affine, back.Volume.Grid.Affine, file is VolumeFileType.Nrrd or VolumeFileType.SegNrrd ? 0 : 2e-6);
    }

    [Theory]
    [InlineData(VolumeFileType.Nrrd)]
    [InlineData(VolumeFileType.SegNrrd)]
    [InlineData(VolumeFileType.Nifti)]
    [InlineData(VolumeFileType.NiftiGzip)]
    public async Task Read_SeveralChannels_KeepsTheirOrder(VolumeFileType file)
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(31, 41, 71), 3);

        using var back = await PatternVolume.ReadAsync(await PatternVolume.WriteAsync(volume, file));

        Assert.Equal(3, back.Volume.Channels);
        Assert.Equal(PatternVolume.Values(volume), PatternVolume.Values(back.Volume));
    }

    [Theory]
    [InlineData(VolumeFileType.Nrrd, CompressionLevel.Fastest)]
    [InlineData(VolumeFileType.Nrrd, CompressionLevel.NoCompression)]
    [InlineData(VolumeFileType.NiftiGzip, CompressionLevel.Optimal)]
    [InlineData(VolumeFileType.NiftiGzip, CompressionLevel.SmallestSize)]
    public async Task Read_SeveralGzipBlocks_AreOneMember(VolumeFileType file, CompressionLevel level)
    {
        // 2.9 MiB of samples: two whole blocks and a part.
        using var volume = PatternVolume.Make(SampleType.Int32, new GridSize(101, 99, 76));

        var bytes = await PatternVolume.WriteAsync(volume, file, new VolumeWriteOptions { Compress = true, CompressionLevel = level });

        using var back = await PatternVolume.ReadAsync(bytes);
        Assert.Equal(PatternVolume.Values(volume), PatternVolume.Values(back.Volume));
        var start = bytes.AsSpan().IndexOf<byte>([0x1f, 0x8b, 8]);
        Assert.Equal((uint)(volume.Size.VoxelCount * 4) + (file == VolumeFileType.NiftiGzip ? 352u : 0), BitConverter.ToUInt32(bytes.AsSpan(^4..)));
        Assert.Equal(file == VolumeFileType.NiftiGzip, start == 0);
    }

    [Theory]
    [InlineData(VolumeFileType.Nifti, false)]
    [InlineData(VolumeFileType.Nrrd, false)]
    [InlineData(VolumeFileType.SegNrrd, false)]
    [InlineData(VolumeFileType.NiftiGzip, true)]
    [InlineData(VolumeFileType.Nrrd, true)]
    public async Task LengthOf_BeforeWriting_IsTheNumberOfBytesOrUnknown(VolumeFileType file, bool compress)
    {
        using var volume = PatternVolume.Make(SampleType.UInt16, new GridSize(7, 5, 3), 2, PatternVolume.Affines["rotated"]);
        var options = new VolumeWriteOptions { Compress = compress, Segments = [new Segment("a", "Ä\nb"), new Segment("b", "b", 2, 1)] };

        var bytes = await PatternVolume.WriteAsync(volume, file, options);

        Assert.Equal(compress ? null : bytes.LongLength, VolumeWriter.LengthOf(volume, file, options));
    }

    [Theory]
    [InlineData(VolumeFileType.Nifti)]
    [InlineData(VolumeFileType.NiftiGzip)]
    [InlineData(VolumeFileType.Nrrd)]
    public async Task ReadHeader_OfAFile_SaysWhatReadingGives(VolumeFileType file)
    {
        using var volume = PatternVolume.Make(SampleType.Int16, new GridSize(7, 5, 3), 2, PatternVolume.Affines["permuted"]);
        var bytes = await PatternVolume.WriteAsync(volume, file);

        var header = await VolumeReader.ReadHeaderAsync(new MemoryStream(bytes), "case_1", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(volume.Grid, header.Grid);
        Assert.Equal((2, SampleType.Int16), (header.Channels, header.SampleType));
    }

    [Fact]
    public async Task ReadHeader_OfAStream_TakesNoVoxels()
    {
        using var volume = PatternVolume.Make(SampleType.UInt8, new GridSize(200, 200, 20));
        var stream = new MemoryStream(await PatternVolume.WriteAsync(volume, VolumeFileType.Nifti));

        await VolumeReader.ReadHeaderAsync(stream, "case_1", cancellationToken: TestContext.Current.CancellationToken);

        Assert.InRange(stream.Position, 348, 1024);
    }

    [Fact]
    public async Task Write_ToAPath_TakesTheKindFromTheName()
    {
        var folder = Directory.CreateTempSubdirectory("labelserver-formats-");
        try
        {
            using var volume = PatternVolume.Make(SampleType.UInt8, new GridSize(4, 3, 2));
            var path = Path.Combine(folder.FullName, "case 1.NII.GZ");
            await VolumeWriter.WriteAsync(volume, path, cancellationToken: TestContext.Current.CancellationToken);

            using var back = await VolumeReader.ReadAsync(path, cancellationToken: TestContext.Current.CancellationToken);

            Assert.Equal(PatternVolume.Values(volume), PatternVolume.Values(back));
            await Assert.ThrowsAsync<VolumeUnsupportedException>(() => VolumeWriter.WriteAsync(volume, Path.Combine(folder.FullName, "case.mha")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Write_SingularAffine_IsRefused()
    {
        using var volume = PatternVolume.Make(SampleType.UInt8, new GridSize(4, 3, 2), 1, Affine.Scaling(1, 1, 0));

        await Assert.ThrowsAsync<GeometryException>(() => PatternVolume.WriteAsync(volume, VolumeFileType.Nrrd));
    }
}
