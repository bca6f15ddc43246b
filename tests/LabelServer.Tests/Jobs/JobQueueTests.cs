using System.Text.Json.Nodes;
using LabelServer.Jobs;
using LabelServer.State;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Jobs;

public sealed class JobQueueTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ScriptedJobs _jobs = new();
    private readonly List<(StateDatabase Database, JobQueue<ScriptedJobs> Queue)> _starts = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_RunsTheJobToItsResult()
    {
        var queue = await StartAsync(_jobs);
        var (job, result) = queue.Submit(new JsonObject { ["model"] = "tiny" }, enqueue: false);
        Assert.Equal(JobState.Submitted, job.State);
        Assert.Equal("""{"best":1}""", (await result)!.ToJsonString());
        var ended = Assert.Single(queue.Jobs);
        Assert.Equal(JobState.Done, ended.State);
        Assert.NotNull(ended.Ended);
        Assert.Equal("""{"model":"tiny"}""", ended.Request);
    }

    [Fact]
    public async Task Submit_WhileOneRuns_IsRefusedUnlessItMayWait()
    {
        _jobs.Work = ScriptedJobs.ForeverAsync;
        var queue = await StartAsync(_jobs);
        queue.Submit([], enqueue: false);
        await _jobs.StartedAsync();
        var error = Assert.Throws<JobBusyException>(() => queue.Submit([], enqueue: false));
        Assert.Equal("++++++++++ Train Task is Already Running", error.Message);
        var (waiting, _) = queue.Submit([], enqueue: true);
        Assert.Equal("Submitted; 1 ahead.", Assert.Single(waiting.Details));

        // The stop takes the running one only; the next begins.
        var stopped = await queue.StopRunningAsync(Token);
        Assert.Equal(JobState.Stopped, stopped!.State);
        await _jobs.StartedAsync();
        Assert.Equal(waiting.Id, queue.Running!.Id);
    }

    [Fact]
    public async Task Submit_TwiceAtOnce_AcceptsOne()
    {
        _jobs.Work = ScriptedJobs.ForeverAsync;
        var queue = await StartAsync(_jobs);
        queue.Submit([], enqueue: false);
        Assert.Throws<JobBusyException>(() => queue.Submit([], enqueue: false));
    }

    [Fact]
    public async Task StopRunning_AtOnceAfterTheSubmission_AnswersTheJobWithDetails()
    {
        _jobs.Work = ScriptedJobs.ForeverAsync;
        var queue = await StartAsync(_jobs);
        var (job, result) = queue.Submit([], enqueue: false);
        var stopped = await queue.StopRunningAsync(Token);
        Assert.Equal((job.Id, JobState.Stopped), (stopped!.Id, stopped.State));
        Assert.NotEmpty(stopped.Details);
        await Assert.ThrowsAsync<JobStoppedException>(() => result);
        Assert.Null(await queue.StopRunningAsync(Token));

        // A stop makes room: the next submission is taken.
        queue.Submit([], enqueue: false);
    }

    [Fact]
    public async Task StopRunning_OfAJobThatThenFails_StaysStopped()
    {
        _jobs.Work = async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidOperationException("the worker is gone");
        };
        var queue = await StartAsync(_jobs);
        queue.Submit([], enqueue: false);
        await _jobs.StartedAsync();
        var stopped = await queue.StopRunningAsync(Token);
        Assert.Equal(JobState.Stopped, stopped!.State);
        Assert.Equal("Stopped.", stopped.Details[^1]);
    }

    [Fact]
    public async Task Run_ThatFails_SaysWhyInTheLastLine()
    {
        _jobs.Work = (_, _) => throw new InvalidOperationException("There is no labelled image.");
        var queue = await StartAsync(_jobs);
        var (_, result) = queue.Submit([], enqueue: false);
        await Assert.ThrowsAsync<InvalidOperationException>(() => result);
        await UntilAsync(() => queue.Jobs[0].State == JobState.Error);
        Assert.Equal("There is no labelled image.", queue.Jobs[0].Details[^1]);
    }

    [Fact]
    public async Task Log_KeepsTheLastTwentyLines()
    {
        _jobs.Work = (job, _) =>
        {
            for (var line = 1; line <= 30; line++)
                job.Log($"line {line}");
            return Task.FromResult<JsonNode?>(null);
        };
        var queue = await StartAsync(_jobs);
        await queue.Submit([], enqueue: false).Result;
        Assert.Equal(20, queue.Jobs[0].Details.Count);
        Assert.Equal(["line 29", "line 30", "Done."], queue.Jobs[0].Details.TakeLast(3));
    }

    [Fact]
    public async Task NextStart_RunsAgainWhatTheEndInterrupted()
    {
        var first = new ScriptedJobs { Resumes = true, Work = ScriptedJobs.ForeverAsync };
        var queue = await StartAsync(first);
        queue.Submit(new JsonObject { ["number"] = 1 }, enqueue: false);
        await first.StartedAsync();
        queue.Submit(new JsonObject { ["number"] = 2 }, enqueue: true);
        await queue.StopAsync(Token);

        var second = new ScriptedJobs { Resumes = true };
        var again = await StartAsync(second);
        await UntilAsync(() => again.Jobs.All(j => j.State == JobState.Done));
        Assert.Equal([("""{"number":1}""", true), ("""{"number":2}""", false)], second.Seen);
    }

    [Fact]
    public async Task NextStart_OfJobsThatCannotGoOn_CountsThemAsFailed()
    {
        _jobs.Work = ScriptedJobs.ForeverAsync;
        var queue = await StartAsync(_jobs);
        queue.Submit([], enqueue: false);
        await _jobs.StartedAsync();
        await queue.StopAsync(Token);

        var again = await StartAsync(new ScriptedJobs());
        var job = Assert.Single(again.Jobs);
        Assert.Equal(JobState.Error, job.State);
        Assert.Contains("Start it again", job.Details[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_KeepsTheNewestHundred()
    {
        var queue = await StartAsync(_jobs);
        for (var number = 0; number < 103; number++)
            await queue.Submit(new JsonObject { ["number"] = number }, enqueue: true).Result;
        Assert.Equal("""{"number":102}""", queue.Jobs[^1].Request);
        Assert.InRange(queue.Jobs.Count, 100, 101);
        Assert.InRange((await StartAsync(new ScriptedJobs())).Jobs.Count, 100, 101);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (database, queue) in _starts)
        {
            await queue.StopAsync(CancellationToken.None);
            queue.Dispose();
            database.Dispose();
        }

        _folder.Dispose();
    }

    private async Task<JobQueue<ScriptedJobs>> StartAsync(ScriptedJobs jobs)
    {
        var database = new StateDatabase(new StateOptions(_folder.Path), [SqliteJobStore.Schema], TimeProvider.System, NullLogger<StateDatabase>.Instance);
        var queue = new JobQueue<ScriptedJobs>(jobs, new SqliteJobStore(database), [], TimeProvider.System, NullLogger<JobQueue>.Instance);
        _starts.Add((database, queue));
        await queue.StartAsync(Token);
        return queue;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(10, Token);
    }
}
