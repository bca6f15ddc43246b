using System.Text.Json.Nodes;

namespace LabelServer.Jobs;

/// <summary>Does the work of the jobs of one kind.</summary>
public interface IJobHandler
{
    /// <summary>The kind.</summary>
    JobKind Kind { get; }

    /// <summary>Whether a job that the server's end interrupted is run again at the next start. Otherwise it then counts as failed.</summary>
    bool Resumes { get; }

    /// <summary>Does one job. Called for one at a time.</summary>
    /// <param name="job">What was asked, and where to tell how it goes.</param>
    /// <param name="cancellationToken">The job was stopped, or the server ends. The method returns or throws within about 2 s.</param>
    /// <returns>What a request with <c>run_sync</c> is answered; null counts as an empty object.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <remarks>Any other exception makes the job fail; its message becomes the job's last line, and with <c>run_sync</c> the answer, with the status of <see cref="Errors.ErrorMap"/>.</remarks>
    Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken);
}
