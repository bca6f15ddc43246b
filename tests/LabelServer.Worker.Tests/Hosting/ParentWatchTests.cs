using LabelServer.Worker.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LabelServer.Worker.Tests.Hosting;

public sealed class ParentWatchTests
{
    [Fact]
    public async Task Input_Ends_StopsTheHostAndAfterTheGraceTheProcess()
    {
        var lifetime = new RecordedLifetime();
        var ended = new TaskCompletionSource();
        var time = new FakeTimeProvider();
        using var watch = new ParentWatch(new StringReader(string.Empty), lifetime, ended.SetResult, time, NullLogger<ParentWatch>.Instance);

        await watch.StartAsync(TestContext.Current.CancellationToken);
        await lifetime.Stopped.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(ended.Task.IsCompleted);
        while (!ended.Task.IsCompleted)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private sealed class RecordedLifetime : IHostApplicationLifetime
    {
        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => Stopped.TrySetResult();
    }
}
