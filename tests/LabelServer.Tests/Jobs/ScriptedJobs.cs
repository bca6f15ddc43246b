using System.Text.Json.Nodes;
using System.Threading.Channels;
using LabelServer.Jobs;

namespace LabelServer.Tests.Jobs;

/// <summary>Jobs that do what the test says, one step at a time.</summary>
internal sealed class ScriptedJobs : IJobHandler
{
    private readonly Channel<bool> _started = Channel.CreateUnbounded<bool>();

    public JobKind Kind => JobKind.Train;

    public bool Resumes { get; init; }

    public Func<JobContext, CancellationToken, Task<JsonNode?>> Work { get; set; } = (_, _) => Task.FromResult<JsonNode?>(new JsonObject { ["best"] = 1 });

    public List<(string Request, bool IsResumed)> Seen { get; } = [];

    public async Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        lock (Seen)
            Seen.Add((job.Request.ToJsonString(), job.IsResumed));
        _started.Writer.TryWrite(true);
        return await Work(job, cancellationToken);
    }

    public Task StartedAsync() => _started.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

    public static async Task<JsonNode?> ForeverAsync(JobContext job, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return null;
    }
}
