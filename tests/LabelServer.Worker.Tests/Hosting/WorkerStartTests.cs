using LabelServer.Worker.Hosting;

namespace LabelServer.Worker.Tests.Hosting;

public sealed class WorkerStartTests
{
    [Fact]
    public async Task Read_GoodLine_GivesAddressAndToken()
    {
        var start = await WorkerStart.ReadAsync(new StringReader("""{"address":"/tmp/s","token":"t"}"""), TestContext.Current.CancellationToken);

        Assert.Equal(new WorkerStart("/tmp/s", "t"), start);
    }

    [Fact]
    public async Task Read_ResultCache_IsWhatTheServerSays()
    {
        var start = await WorkerStart.ReadAsync(new StringReader("""{"address":"/tmp/s","token":"t","resultCache":false}"""), TestContext.Current.CancellationToken);

        Assert.False(start.ResultCache);
        Assert.Equal((0L, 0L), (CacheLimits.Of(start.ResultCache).MaxCachedImageBytes, CacheLimits.Of(start.ResultCache).MaxCachedLabelBytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("""{"address":"/tmp/s"}""")]
    [InlineData("""{"address":"","token":"t"}""")]
    public async Task Read_AnythingElse_IsRefused(string line)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => WorkerStart.ReadAsync(new StringReader(line), TestContext.Current.CancellationToken));
    }
}
