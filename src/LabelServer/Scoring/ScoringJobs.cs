using System.Text.Json.Nodes;
using LabelServer.Jobs;

namespace LabelServer.Scoring;

/// <summary>Does scoring jobs. One that the server's end interrupted is begun again: what was scored before is skipped or found the same.</summary>
internal sealed class ScoringJobs(ScoringCatalog catalog) : IJobHandler
{
    /// <summary>The key of the request that names the method.</summary>
    public const string MethodKey = "method";

    /// <inheritdoc/>
    public JobKind Kind => JobKind.Scoring;

    /// <inheritdoc/>
    public bool Resumes => true;

    /// <inheritdoc/>
    public Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken) => catalog.Require((string)job.Request[MethodKey]!).RunAsync(job, cancellationToken);
}
