using LabelServer.Inference;
using LabelServer.Workers;
using Microsoft.Extensions.Time.Testing;

namespace LabelServer.Tests.Workers;

public sealed class InferenceQueueTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_MoreThanRunAndWait_IsRefusedWithATime()
    {
        using var queue = new InferenceQueue(1, 1, new FakeTimeProvider());
        var first = await queue.EnterAsync(_ => { }, Stop);
        var second = queue.EnterAsync(_ => { }, Stop);

        var error = await Assert.ThrowsAsync<InferenceQueueFullException>(() => queue.EnterAsync(_ => { }, Stop));

        Assert.True(error.RetryAfter >= TimeSpan.FromSeconds(1));
        Assert.Equal(new InferenceQueueState(1, 1, 1), queue.State);
        first.Dispose();
        (await second).Dispose();
        Assert.Equal(new InferenceQueueState(0, 0, 1), queue.State);
    }

    [Fact]
    public async Task Widen_WhileOneWaits_LetsItRun()
    {
        using var queue = new InferenceQueue(1, 1, new FakeTimeProvider());
        using var first = await queue.EnterAsync(_ => { }, Stop);
        var second = queue.EnterAsync(_ => { }, Stop);
        Assert.False(second.IsCompleted);

        queue.Widen(2);
        queue.Widen(2);
        queue.Widen(1);

        using var held = await second;
        var third = queue.EnterAsync(_ => { }, Stop);
        Assert.Equal(new InferenceQueueState(2, 1, 1), queue.State);
        await Assert.ThrowsAsync<InferenceQueueFullException>(() => queue.EnterAsync(_ => { }, Stop));
        held.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task Enter_SomethingRuns_SaysHowManyAreAheadAndKeepsTheOrder()
    {
        using var queue = new InferenceQueue(1, 5, new FakeTimeProvider());
        var ahead = new List<int>();
        var order = new List<string>();
        var first = await queue.EnterAsync(ahead.Add, Stop);
        var second = EnterAndLeave("second");
        var third = EnterAndLeave("third");

        first.Dispose();
        await Task.WhenAll(second, third);

        Assert.Equal([1, 2], ahead);
        Assert.Equal(["second", "third"], order);

        async Task EnterAndLeave(string name)
        {
            using var turn = await queue.EnterAsync(ahead.Add, Stop);
            order.Add(name);
        }
    }

    [Fact]
    public async Task Enter_CancelledWhileWaiting_FreesItsPlace()
    {
        using var queue = new InferenceQueue(1, 1, new FakeTimeProvider());
        using var first = await queue.EnterAsync(_ => { }, Stop);
        using var leaving = new CancellationTokenSource();
        var second = queue.EnterAsync(_ => { }, leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(0, queue.State.Waiting);
    }

    [Fact]
    public async Task RetryAfter_FollowsHowLongJobsTook()
    {
        var time = new FakeTimeProvider();
        using var queue = new InferenceQueue(1, 0, time);
        for (var i = 0; i < 30; i++)
        {
            using var turn = await queue.EnterAsync(_ => { }, Stop);
            time.Advance(TimeSpan.FromSeconds(100));
        }

        using var running = await queue.EnterAsync(_ => { }, Stop);
        var error = await Assert.ThrowsAsync<InferenceQueueFullException>(() => queue.EnterAsync(_ => { }, Stop));

        Assert.InRange(error.RetryAfter.TotalSeconds, 95, 101);
    }

    [Fact]
    public async Task Turn_DisposedTwice_FreesOneSlotOnly()
    {
        using var queue = new InferenceQueue(1, 3, new FakeTimeProvider());
        var first = await queue.EnterAsync(_ => { }, Stop);
        first.Dispose();
        first.Dispose();

        using var second = await queue.EnterAsync(_ => { }, Stop);

        Assert.Equal(new InferenceQueueState(1, 0, 3), queue.State);
        Assert.False(queue.EnterAsync(_ => { }, Stop).IsCompleted);
    }
}
