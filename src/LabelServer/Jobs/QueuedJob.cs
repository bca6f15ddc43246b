using System.Text.Json.Nodes;

namespace LabelServer.Jobs;

/// <summary>A job in a queue, with what waits for it. Changed only under the queue's lock.</summary>
internal sealed class QueuedJob(JobRecord record, bool isResumed)
{
    private readonly TaskCompletionSource<JsonNode?> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is known of it now.</summary>
    public JobRecord Record { get; set; } = record;

    /// <summary>Whether the server's end interrupted it before.</summary>
    public bool IsResumed { get; } = isResumed;

    /// <summary>When it was last written down, as a time stamp of the clock.</summary>
    public long SavedAt { get; set; }

    /// <summary>Stops it while it runs.</summary>
    public CancellationTokenSource? Stop { get; set; }

    /// <summary>Completes with its result, or with why there is none.</summary>
    public Task<JsonNode?> Result => _result.Task;

    /// <summary>Completes when nothing computes for it any more.</summary>
    public Task Left => _left.Task;

    /// <summary>Gives the result to those who wait.</summary>
    public void Finish(JsonNode? result) => _result.TrySetResult(result);

    /// <summary>Gives the failure to those who wait.</summary>
    public void Fail(Exception error)
    {
        _result.TrySetException(error);

        // Often nobody waits; then nobody is to be troubled with it.
        _ = _result.Task.Exception;
    }

    /// <summary>Nothing computes for it any more.</summary>
    public void Leave() => _left.TrySetResult();
}
