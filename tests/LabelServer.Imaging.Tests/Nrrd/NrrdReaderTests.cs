using System.Text;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Tests.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Nrrd;

public sealed class NrrdReaderTests
{
    private const string Directions = "space directions: (1,2,3) (0,4,0) (0,0,5)\nspace origin: (6,7,8)\n";

    [Theory]
    [InlineData("right-anterior-superior", 1, 1)]
    [InlineData("RAS", 1, 1)]
    [InlineData("left-anterior-superior", -1, 1)]
    [InlineData("LAS", -1, 1)]
    [InlineData("left-posterior-superior", -1, -1)]
    [InlineData("Left-Posterior-Superior", -1, -1)]
    [InlineData("LPS", -1, -1)]
    [InlineData("scanner-xyz", -1, -1)]
    [InlineData("3D-right-handed", -1, -1)]
    public async Task Read_EachSpace_BecomesRas(string space, int x, int y)
    {
        using var loaded = await Read($"type: uchar\ndimension: 3\nspace: {space}\nsizes: 2 1 1\n{Directions}encoding: raw\n", [1, 2]);

        Assert.Equal(new Affine(x * 1, 0, 0, x * 6, y * 2, y * 4, 0, y * 7, 3, 0, 5, 8), loaded.Volume.Grid.Affine);
    }

    [Fact]
    public async Task Read_NoSpace_IsLps()
    {
        using var loaded = await Read("type: uchar\ndimension: 3\nsizes: 2 1 1\nspacings: 2 3 4\nencoding: raw\n", [1, 2]);

        Assert.Equal(new Affine(-2, 0, 0, 0, 0, -3, 0, 0, 0, 0, 4, 0), loaded.Volume.Grid.Affine);
    }

    [Fact]
    public async Task Read_UnknownSpace_IsRefusedByName() =>
        await AssertRefused<VolumeUnsupportedException>("type: uchar\ndimension: 3\nspace: upside-down\nsizes: 2 1 1\nencoding: raw\n", "upside-down");

    [Theory]
    [InlineData("list domain domain domain", "none (1,0,0) (0,1,0) (0,0,1)", "2 3 2 1", new[] { 0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11 })]
    [InlineData("domain domain domain list", "(1,0,0) (0,1,0) (0,0,1) none", "3 2 1 2", new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 })]
    [InlineData("domain list domain domain", "(1,0,0) none (0,1,0) (0,0,1)", "3 2 2 1", new[] { 0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11 })]
    [InlineData("domain domain domain time", "(1,0,0,0) (0,1,0,0) (0,0,1,0) (0,0,0,2)", "3 2 1 2", new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 })]
    public async Task Read_ListAxisAnywhere_BecomesChannels(string kinds, string directions, string sizes, int[] expected)
    {
        var header = $"type: uchar\ndimension: 4\nspace: {(kinds.EndsWith("time", StringComparison.Ordinal) ? "RAST" : "RAS")}\nsizes: {sizes}\nspace directions: {directions}\nkinds: {kinds}\nencoding: raw\n";

        using var loaded = await Read(header, [.. Enumerable.Range(0, 12).Select(n => (byte)n)]);

        Assert.Equal((2, new GridSize(3, 2, 1)), (loaded.Volume.Channels, loaded.Volume.Size));
        Assert.Equal(expected, ((Volume<byte>)loaded.Volume).Samples.ToArray().Select(v => (int)v));
    }

    [Theory]
    [InlineData("kinds: vector domain domain domain\n")]
    [InlineData("spacings: nan 1 1 1\n")]
    [InlineData("")]
    public async Task Read_FourAxesWithoutDirections_TakesTheFirstAsList(string line)
    {
        using var loaded = await Read($"type: uchar\ndimension: 4\nsizes: 3 2 1 2\n{line}encoding: raw\n", [.. Enumerable.Range(0, 12).Select(n => (byte)n)]);

        Assert.Equal((3, new GridSize(2, 1, 2)), (loaded.Volume.Channels, loaded.Volume.Size));
    }

    [Fact]
    public async Task Read_TwoAxesInSpace_IsOneSliceAtRightAngles()
    {
        using var loaded = await Read("type: uchar\ndimension: 2\nspace: RAS\nsizes: 2 1\nspace directions: (0,2,0) (0,0,3)\nencoding: raw\n", [1, 2]);

        Assert.Equal(new VolumeGrid(new GridSize(2, 1, 1), new Affine(0, 0, 1, 0, 2, 0, 0, 0, 0, 3, 0, 0)), loaded.Volume.Grid);
    }

    [Theory]
    [InlineData("little", new byte[] { 1, 2 }, 0x0201)]
    [InlineData("big", new byte[] { 1, 2 }, 0x0102)]
    public async Task Read_EitherByteOrder_GivesTheNumber(string endian, byte[] data, int expected)
    {
        using var loaded = await Read($"type: unsigned short\ndimension: 3\nsizes: 1 1 1\nendian: {endian}\nencoding: raw\n", data);

        Assert.Equal((ushort)expected, ((Volume<ushort>)loaded.Volume).Samples[0]);
    }

    [Fact]
    public async Task Read_NumbersWithoutByteOrder_AreRefused() =>
        await AssertRefused<VolumeFormatException>("type: short\ndimension: 3\nsizes: 1 1 1\nencoding: raw\n", "endian");

    [Theory]
    [InlineData("ascii", "1 -2\n3,4\r\n\t5 6")]
    [InlineData("text", "1\n-2\n3\n4\n5\n6\n")]
    public async Task Read_Text_GivesTheNumbers(string encoding, string data)
    {
        using var loaded = await Read($"type: int\ndimension: 3\nsizes: 3 2 1\nencoding: {encoding}\n", Encoding.ASCII.GetBytes(data));

        Assert.Equal([1, -2, 3, 4, 5, 6], ((Volume<int>)loaded.Volume).Samples.ToArray());
    }

    [Fact]
    public async Task Read_LongText_CrossesBuffersUnharmed()
    {
        var values = Enumerable.Range(0, 9000).Select(n => (n - 4500) * 1.25f).ToArray();
        var text = string.Join(' ', values.Select(v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));

        using var loaded = await Read("type: float\ndimension: 3\nsizes: 90 10 10\nencoding: txt\n", Encoding.ASCII.GetBytes(text));

        Assert.Equal(values, ((Volume<float>)loaded.Volume).Samples.ToArray());
    }

    [Theory]
    [InlineData("1 2 three")]
    [InlineData("1 2 300")]
    [InlineData("1 2")]
    public async Task Read_TextThatIsNoNumber_IsRefused(string data) =>
        await AssertRefused<VolumeFormatException>("type: uchar\ndimension: 3\nsizes: 3 1 1\nencoding: ascii\n", null, Encoding.ASCII.GetBytes(data));

    [Fact]
    public async Task Read_Hex_GivesTheBytes()
    {
        using var loaded = await Read("type: ushort\ndimension: 3\nsizes: 2 1 1\nendian: big\nencoding: hex\n", "01 02\nFf0a"u8.ToArray());

        Assert.Equal([0x0102, 0xff0a], ((Volume<ushort>)loaded.Volume).Samples.ToArray());
    }

    [Theory]
    [InlineData("line skip: 2\nbyte skip: 1\n", "first\nsecond\nx\u0001\u0002")]
    [InlineData("lineskip: 1\n", "first\n\u0001\u0002")]
    [InlineData("byte skip: -1\n", "anything\u0001\u0002")]
    public async Task Read_SkippedLinesAndBytes_AreNoVoxels(string skip, string data)
    {
        using var loaded = await Read($"type: uchar\ndimension: 3\nsizes: 2 1 1\n{skip}encoding: raw\n", Encoding.Latin1.GetBytes(data));

        Assert.Equal([1, 2], ((Volume<byte>)loaded.Volume).Samples.ToArray());
    }

    [Fact]
    public async Task Read_CommentsKeysAndWindowsLineEnds_AreUnderstood()
    {
        var bytes = Encoding.UTF8.GetBytes("NRRD0005\r\n# a comment\r\ntype: uchar\r\ncontent: a: b\r\ndimension: 3\r\nsizes: 2 1 1\r\nkey:=some: value\r\nencoding: raw\r\n\r\n");

        using var loaded = await PatternVolume.ReadAsync([.. bytes, 1, 2]);

        Assert.Equal([1, 2], ((Volume<byte>)loaded.Volume).Samples.ToArray());
    }

    [Theory]
    [InlineData("encoding: bzip2\n", "bzip2")]
    [InlineData("encoding: raw\ndata file: LIST 3\n", "many files")]
    [InlineData("encoding: raw\ndata file: a%03d.raw 1 3 1\n", "many files")]
    [InlineData("encoding: raw\nkinds: complex domain domain\n", "complex")]
    public async Task Read_WhatIsNotHandled_IsRefusedByName(string lines, string expected) =>
        await AssertRefused<VolumeUnsupportedException>($"type: uchar\ndimension: 3\nsizes: 2 2 1\n{lines}", expected);

    [Theory]
    [InlineData("type: uchar\ndimension: 3\nsizes: 2 2\nencoding: raw\n", "2 sizes for 3 dimensions")]
    [InlineData("type: uchar\ndimension: 3\nsizes: 2 0 2\nencoding: raw\n", "below 1")]
    [InlineData("type: uchar\ndimension: 3\nsizes: 2 2 2\n", "no 'encoding'")]
    [InlineData("dimension: 3\nsizes: 2 2 2\nencoding: raw\n", "no 'type'")]
    [InlineData("type: quark\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n", "quark")]
    [InlineData("type: uchar\ndimension: 3\nsizes: 2 2 2\nspace directions: (1,0,0) (0,1,0\nencoding: raw\n", "no end")]
    [InlineData("type: uchar\ndimension: 3\nsizes: 2 2 2\nspace directions: (1,0,0) (0,x,0) (0,0,1)\nencoding: raw\n", "'x'")]
    [InlineData("type: uchar\nnonsense\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n", "nonsense")]
    public async Task Read_HeaderThatContradictsItself_SaysWhere(string header, string expected) =>
        await AssertRefused<VolumeFormatException>(header, expected, new byte[8]);

    [Theory]
    [InlineData("(1,0,0) (nan,1,0) (0,0,1)")]
    [InlineData("(1,0,0) (1,0,0) (0,0,1)")]
    [InlineData("(1,0,0) (0,0,0) (0,0,1)")]
    public async Task Read_DirectionsThatSpanNoSpace_AreRefused(string directions) =>
        await AssertRefused<GeometryException>($"type: uchar\ndimension: 3\nspace: RAS\nsizes: 2 2 2\nspace directions: {directions}\nencoding: raw\n", "'case_1'", new byte[8]);

    [Fact]
    public async Task Read_HeaderWithoutEnd_IsRefusedInBoundedMemory()
    {
        var fault = await Assert.ThrowsAsync<VolumeFormatException>(() => PatternVolume.ReadAsync([.. "NRRD0004\n"u8, .. Enumerable.Repeat((byte)'#', 17 << 20)]));

        Assert.Contains("does not end within 16 MiB", fault.Message, StringComparison.Ordinal);
    }

    private static Task<LoadedVolume> Read(string header, byte[] data) => PatternVolume.ReadAsync([.. Encoding.ASCII.GetBytes("NRRD0004\n" + header + "\n"), .. data]);

    private static async Task AssertRefused<T>(string header, string? expected, byte[]? data = null)
        where T : ImagingException
    {
        var fault = await Assert.ThrowsAsync<T>(() => Read(header, data ?? new byte[4]));
        Assert.Contains("'case_1'", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected ?? string.Empty, fault.Message, StringComparison.Ordinal);
    }
}
