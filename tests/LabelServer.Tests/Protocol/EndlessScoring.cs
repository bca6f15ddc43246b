using System.Text.Json.Nodes;
using LabelServer.Jobs;
using LabelServer.Scoring;

namespace LabelServer.Tests.Protocol;

/// <summary>In place of <c>dice</c>, runs until it is stopped: where the recording is told that a scoring is already running, it must not end before.</summary>
internal sealed class EndlessScoring : IScoringMethod
{
    public string Name => "dice";

    public string Description => "Runs until it is stopped";

    public bool IsStale => false;

    public async Task<JsonNode?> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return null;
    }
}
