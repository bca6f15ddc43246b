using System.Text.Json.Nodes;
using LabelServer.Hosting;
using LabelServer.Jobs;
using LabelServer.State;

namespace LabelServer.Scoring;

/// <summary>Brings the scores up to date that a strategy goes by, after it has served: the scoring of the strategy's name, when something changed since it ran. Off with <c>MONAI_LABEL_AUTO_UPDATE_SCORING=false</c>.</summary>
/// <remarks>The original runs every scoring method after every serving.</remarks>
internal sealed partial class ScoringRefresh(ScoringCatalog catalog, JobQueue<ScoringJobs> queue, ScoringRefreshSettings settings, ILogger<ScoringRefresh> logger)
{
    /// <summary>Submits the scoring of a strategy unless it is up to date or some scoring runs.</summary>
    public void After(string strategy)
    {
        if (!settings.IsEnabled || catalog.All.FirstOrDefault(m => m.Name == strategy) is not { IsStale: true } method)
            return;
        try
        {
            queue.Submit(new JsonObject { [ScoringJobs.MethodKey] = method.Name }, enqueue: false);
        }
        catch (JobBusyException)
        {
            // The next serving asks again.
        }
        catch (StateException error)
        {
            LogNotSubmitted(strategy, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scores of the strategy {Strategy} could not be brought up to date: {Reason}")]
    private partial void LogNotSubmitted(string strategy, string reason);
}

/// <summary>Whether scores are brought up to date by themselves.</summary>
/// <param name="IsEnabled">The setting.</param>
internal sealed record ScoringRefreshSettings(bool IsEnabled)
{
    /// <summary>Reads the setting.</summary>
    /// <exception cref="ServerOptionsException">It is no truth value.</exception>
    public static ScoringRefreshSettings From(EnvironmentSettings environment)
    {
        var faults = new List<string>();
        var isEnabled = environment.Boolean("MONAI_LABEL_AUTO_UPDATE_SCORING", true, faults);
        return faults.Count == 0 ? new(isEnabled) : throw new ServerOptionsException(faults);
    }
}
