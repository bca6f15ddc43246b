using LabelServer.Datastore.Disk;

namespace LabelServer.Tests.Datastore;

public sealed class SharedFlushTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_CallersWhileOneRuns_ShareTheNext()
    {
        var shared = new SharedFlush();
        using var begun = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var flushes = 0;
        void Flush()
        {
            Interlocked.Increment(ref flushes);
            begun.Release();
            goOn.Wait(Cancel);
        }

        var first = Start(() => shared.Run(Flush));
        await begun.WaitAsync(Cancel);
        var others = Enumerable.Range(0, 8).Select(_ => Start(() => shared.Run(Flush))).ToArray();

        // None of them is served by the flush that was under way when they came.
        goOn.Release();
        await first;
        await begun.WaitAsync(Cancel);
        Assert.DoesNotContain(others, o => o.IsCompleted);
        goOn.Release(8);
        await Task.WhenAll(others);

        // Those that had not come before the second flush began need a third one.
        Assert.InRange(flushes, 2, 9);
    }

    [Fact]
    public void Run_OneAfterTheOther_FlushesEachTime()
    {
        var shared = new SharedFlush();
        var flushes = 0;

        shared.Run(() => flushes++);
        shared.Run(() => flushes++);

        Assert.Equal(2, flushes);
    }

    [Fact]
    public async Task Run_FlushThatFails_IsToldToAllWhoHadCome_AndTheNextOneTriesAnew()
    {
        var shared = new SharedFlush();
        using var begun = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var first = Start(() => shared.Run(() =>
        {
            begun.Release();
            goOn.Wait(Cancel);
            throw new IOException("no");
        }));
        await begun.WaitAsync(Cancel);
        var flushes = 0;
        Thread? waiting = null;
        var second = Start(() =>
        {
            Volatile.Write(ref waiting, Thread.CurrentThread);
            shared.Run(() => flushes++);
        });
        SpinWait.SpinUntil(() => Volatile.Read(ref waiting)?.ThreadState.HasFlag(ThreadState.WaitSleepJoin) == true);

        goOn.Release();

        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        Assert.Equal(0, flushes);
        shared.Run(() => flushes++);
        Assert.Equal(1, flushes);
    }

    // Threads of their own: a pool with few threads would not start all of them.
    private static Task Start(Action action) => Task.Factory.StartNew(action, Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
