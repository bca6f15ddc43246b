using System.Security.Cryptography;
using LabelServer.Inference.Pipelines.Caching;

namespace LabelServer.Inference.Tests.Pipelines.Caching;

public sealed class HashedImageTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 200_000).Select(n => (byte)(n * 7))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Expected => Convert.ToHexStringLower(SHA256.HashData(Bytes));

    [Theory]
    [InlineData(1_000_000, true)]
    [InlineData(200_000, true)]
    [InlineData(70_000, false)]
    [InlineData(0, false)]
    public async Task TakeInAsync_AnyLimit_LeavesAllBytesToTheReaderInOrder(long limit, bool fits)
    {
        await using var image = new HashedImage(new MemoryStream(Bytes));

        var digest = await image.TakeInAsync(limit, Cancel);
        using var read = new MemoryStream();
        await image.CopyToAsync(read, 1000, Cancel);

        Assert.Equal(fits ? Expected : null, digest);
        Assert.Equal(Bytes, read.ToArray());
        Assert.Equal(Expected, await image.FinishAsync(Cancel));
    }

    [Fact]
    public async Task FinishAsync_AfterAPartlyRead_HashesTheRestToo()
    {
        await using var image = new HashedImage(new MemoryStream(Bytes));
        await image.ReadExactlyAsync(new byte[5], Cancel);

        Assert.Equal(Expected, await image.FinishAsync(Cancel));
    }
}
