using System.Text;
using LabelServer.Imaging.Formats.Gzip;

namespace LabelServer.Imaging.Tests.Formats;

public sealed class Crc32Tests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Of_PublishedValues_Agrees(string text, uint expected) => Assert.Equal(expected, Crc32.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Combine_EveryPlaceToCut_GivesTheChecksumOfTheWhole()
    {
        var bytes = new byte[100];
        new Random(1).NextBytes(bytes);

        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(Crc32.Of(bytes), Crc32.Combine(Crc32.Of(bytes.AsSpan(0, cut)), Crc32.Of(bytes.AsSpan(cut)), bytes.Length - cut));
        }
    }
}
