using System.Text.Json.Nodes;

namespace LabelServer.Jobs;

/// <summary>A running job, as its <see cref="IJobHandler"/> sees it. Safe for concurrent use.</summary>
public sealed class JobContext
{
    private readonly Action<string> _log;

    /// <summary>Creates the context.</summary>
    /// <param name="id">The job's id.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="isResumed">Whether the server's end had interrupted it.</param>
    /// <param name="log">Takes lines.</param>
    /// <param name="stopping">Cancelled when the server ends.</param>
    public JobContext(string id, JsonObject request, bool isResumed, Action<string> log, CancellationToken stopping)
    {
        (Id, Request, IsResumed, _log, Stopping) = (id, request, isResumed, log, stopping);
    }

    /// <summary>The job's id.</summary>
    public string Id { get; }

    /// <summary>What was asked.</summary>
    public JsonObject Request { get; }

    /// <summary>Whether it ran before and was interrupted by the server's end.</summary>
    public bool IsResumed { get; }

    /// <summary>Cancelled when the server ends, and then the job may go on at its next start. Tells that apart from a job that was stopped.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Adds a line for people: it goes into the job's details and into the server's log. Meant for an epoch or an image, not for each step of it.</summary>
    public void Log(string line) => _log(line);
}
