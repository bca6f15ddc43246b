using System.Text.Json.Nodes;
using LabelServer.Jobs;

namespace LabelServer.Scoring;

/// <summary>Computes a number for each image or label and keeps it in its info.</summary>
public interface IScoringMethod
{
    /// <summary>The name in <c>/scoring/{name}</c> and <c>/info/</c>.</summary>
    string Name { get; }

    /// <summary>One sentence for clients: what is measured.</summary>
    string Description { get; }

    /// <summary>Whether something has changed since it last ran that would change what it finds.</summary>
    bool IsStale { get; }

    /// <summary>Scores. One image that cannot be scored does not stop the others; the job's lines say so.</summary>
    /// <param name="job">The request's parameters, and where to tell how it goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What a request with <c>run_sync</c> is answered.</returns>
    /// <exception cref="Errors.BadRequestException">A parameter cannot be used.</exception>
    Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken);
}
