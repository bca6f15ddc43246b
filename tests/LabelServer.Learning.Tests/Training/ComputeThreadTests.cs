using LabelServer.Learning.Training;

namespace LabelServer.Learning.Tests.Training;

public sealed class ComputeThreadTests
{
    [Fact]
    public async Task RunAsync_WorkThatWaits_ComesBackToItsThread()
    {
        var threads = await ComputeThread.RunAsync("compute", async () =>
        {
            var seen = new List<(int, string?)> { Here() };
            for (var turn = 0; turn < 20; turn++)
            {
                await Task.Run(() => { }, TestContext.Current.CancellationToken);
                await Task.Yield();
                seen.Add(Here());
            }

            return seen;
        });

        Assert.Equal("compute", threads[0].Item2);
        Assert.Single(threads.Distinct());
        Assert.NotEqual(threads[0].Item1, Environment.CurrentManagedThreadId);
    }

    [Fact]
    public async Task RunAsync_WorkThatFails_GivesItsException()
    {
        await Assert.ThrowsAsync<FormatException>(() => ComputeThread.RunAsync<int>("compute", () => throw new FormatException()));
        await Assert.ThrowsAsync<TimeoutException>(() => ComputeThread.RunAsync<int>("compute", async () =>
        {
            await Task.Yield();
            throw new TimeoutException();
        }));
    }

    [Fact]
    public async Task RunAsync_CancelledWork_IsCancelled()
    {
        using var cancel = new CancellationTokenSource();
        var work = ComputeThread.RunAsync("compute", async () =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel.Token);
            return 0;
        });
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.True(work.IsCanceled);
    }

    private static (int Id, string? Name) Here() => (Environment.CurrentManagedThreadId, Thread.CurrentThread.Name);
}
