using System.Text.Json.Nodes;
using LabelServer.Errors;
using LabelServer.Http;

namespace LabelServer.Jobs;

/// <summary>What the endpoints of background jobs answer (protocol 4.5, 4.6, 4.8, 7.1), the same for each kind.</summary>
internal static class JobAnswers
{
    /// <summary>The newest job, all of them (<c>all</c>) or the running one (<c>check_if_running</c>; 404 when none runs).</summary>
    /// <exception cref="ResourceNotFoundException">There is no job yet.</exception>
    public static IResult Status(HttpRequest request, JobQueue queue)
    {
        var query = new RequestQuery(request);
        var all = query.Boolean("all", false);
        var onlyRunning = query.Boolean("check_if_running", false);
        query.Validate();
        if (onlyRunning)
        {
            // Slicer asks again and again while nothing runs: an answer, and nothing that somebody should read in the log.
            return queue.Running is { } running
                ? new JsonAnswer(JobJson.Of(running, queue.Zone))
                : new JsonAnswer(new JsonObject { ["detail"] = $"No {queue.Kind.Title} Tasks are currently Running" }, StatusCodes.Status404NotFound);
        }

        var jobs = queue.Jobs;
        if (jobs.Count == 0)
            throw new ResourceNotFoundException($"No {queue.Kind.Title} Tasks Found");
        return new JsonAnswer(all ? new JsonArray([.. jobs.Select(j => (JsonNode?)JobJson.Of(j, queue.Zone))]) : JobJson.Of(jobs[^1], queue.Zone));
    }

    /// <summary>Stops the running job: the answer is that job, or <c>null</c> when none runs.</summary>
    public static async Task<IResult> StopAsync(JobQueue queue, CancellationToken cancellationToken) =>
        new JsonAnswer(await queue.StopRunningAsync(cancellationToken) is { } job ? JobJson.Of(job, queue.Zone) : null);

    /// <summary>Submits a job. The value is the job, or with <paramref name="runSync"/> its result.</summary>
    /// <remarks>A client that goes away while it waits does not stop the job: it is in the list like any other.</remarks>
    /// <exception cref="JobBusyException">One runs already and this one may not wait.</exception>
    public static async Task<JsonNode> StartAsync(JobQueue queue, JsonObject request, bool runSync, bool enqueue, CancellationToken cancellationToken)
    {
        var (job, result) = queue.Submit(request, enqueue);
        return runSync ? await result.WaitAsync(cancellationToken) ?? new JsonObject() : JobJson.Of(job, queue.Zone);
    }
}
