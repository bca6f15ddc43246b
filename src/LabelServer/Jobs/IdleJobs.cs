using LabelServer.Errors;
using LabelServer.Http;

namespace LabelServer.Jobs;

/// <summary>What the status of background tasks answers while there are none.</summary>
internal static class IdleJobs
{
    /// <summary>The status of a kind of task (protocol 4.5, 4.6, 4.8).</summary>
    /// <param name="request">The request, with <c>all</c> and <c>check_if_running</c>.</param>
    /// <param name="kind">The kind as the original writes it: <c>Train</c>, <c>Scoring</c>, <c>Batch_infer</c>.</param>
    /// <exception cref="ResourceNotFoundException">Always: there are none.</exception>
    public static IResult Status(HttpRequest request, string kind)
    {
        var query = new RequestQuery(request);
        query.Boolean("all", false);
        var running = query.Boolean("check_if_running", false);
        query.Validate();
        throw new ResourceNotFoundException(running ? $"No {kind} Tasks are currently Running" : $"No {kind} Tasks Found");
    }
}
