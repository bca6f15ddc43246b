using System.Text.Json.Nodes;
using LabelServer.Jobs;

namespace LabelServer.Tests.Jobs;

/// <summary>Jobs that do what the test says, one step at a time.</summary>
internal sealed class ScriptedJobs : IJobHandler
{
    private readonly SemaphoreSlim _started = new(0);

    public JobKind Kind => JobKind.Train;

    public bool Resumes { get; init; }

    public Func<JobContext, CancellationToken, Task<JsonNode?>> Work { get; set; } = (_, _) => Task.FromResult<JsonNode?>(new JsonObject { ["best"] = 1 });

    public List<(string Request, bool IsResumed)> Seen { get; } = [];

    public async Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        lock (Seen)
            Seen.Add((job.Request.ToJsonString(), job.IsResumed));
        _started.Release();
        return await Work(job, cancellationToken);
    }

    public Task StartedAsync() => _started.WaitAsync(TestContext.Current.CancellationToken);

    public static async Task<JsonNode?> ForeverAsync(JobContext job, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return null;
    }
}
