using LabelServer.Worker.Calls;
using LabelServer.Worker.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Worker.Tests.Calls;

public sealed class InferenceLanesTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_WithoutGpu_LetsOneRunAndServesTheOthersInOrder()
    {
        using var lanes = Create();
        var first = await lanes.EnterAsync(string.Empty, Stop);
        var second = lanes.EnterAsync("cpu", Stop);
        var third = lanes.EnterAsync("auto", Stop);

        Assert.Equal((1, 1), (lanes.Count, lanes.Running));
        Assert.False(second.IsCompleted);
        first.Dispose();
        var held = await second;
        Assert.False(third.IsCompleted);
        held.Dispose();
        (await third).Dispose();
        Assert.Equal(0, lanes.Running);
    }

    [Fact]
    public async Task Enter_WithTwoGpus_SharesThemAndNamesTheDevice()
    {
        using var lanes = Create("cuda:0", "cuda:1");
        var first = await lanes.EnterAsync(string.Empty, Stop);
        var second = await lanes.EnterAsync(string.Empty, Stop);
        var third = lanes.EnterAsync(string.Empty, Stop);

        Assert.Equal(["cuda:0", "cuda:1"], new[] { first.Lane.Device, second.Lane.Device });
        Assert.NotSame(first.Lane.Runners, second.Lane.Runners);
        Assert.False(third.IsCompleted);
        second.Dispose();
        Assert.Equal("cuda:1", (await third).Lane.Device);
    }

    [Fact]
    public async Task Enter_ForADevice_WaitsForThatOneWhileOthersPass()
    {
        using var lanes = Create("cuda:0", "cuda:1");
        var busy = await lanes.EnterAsync("cuda:1", Stop);
        var picky = lanes.EnterAsync("cuda:1", Stop);
        var other = await lanes.EnterAsync("auto", Stop);

        Assert.Equal("cuda:0", other.Lane.Device);
        other.Dispose();
        Assert.False(picky.IsCompleted);
        busy.Dispose();
        Assert.Equal("cuda:1", (await picky).Lane.Device);
    }

    [Fact]
    public async Task Enter_Cancelled_LeavesTheQueue()
    {
        using var lanes = Create();
        var first = await lanes.EnterAsync(string.Empty, Stop);
        using var cancel = new CancellationTokenSource();
        var second = lanes.EnterAsync(string.Empty, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        (await lanes.EnterAsync(string.Empty, Stop)).Dispose();
    }

    [Fact]
    public async Task AwaitIdle_WithOneLane_WaitsForWhatRuns()
    {
        using var lanes = Create();
        var running = await lanes.EnterAsync(string.Empty, Stop);
        var idle = lanes.AwaitIdleAsync(Stop);

        Assert.False(idle.IsCompleted);
        running.Dispose();
        await idle;
        Assert.Equal(0, lanes.Running);
    }

    [Fact]
    public async Task AwaitIdle_WithTwoGpus_WaitsForTheCancelledOneOnly()
    {
        using var lanes = Create("cuda:0", "cuda:1");
        using var cancel = new CancellationTokenSource();
        using var other = await lanes.EnterAsync("cuda:0", Stop);
        var cancelled = await lanes.EnterAsync("cuda:1", cancel.Token);
        await cancel.CancelAsync();
        var idle = lanes.AwaitIdleAsync(Stop);

        Assert.False(idle.IsCompleted);
        cancelled.Dispose();
        await idle;
        Assert.Equal(1, lanes.Running);
    }

    private static InferenceLanes Create(params string[] gpus) =>
        new(() => gpus, new ScriptedRunner((_, _, _) => throw new InvalidOperationException()), NullLogger<BundleRunnerCache>.Instance);
}
