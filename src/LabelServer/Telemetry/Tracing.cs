using System.Diagnostics;

namespace LabelServer.Telemetry;

/// <summary>The spans of this server: the source <c>LabelServer</c>. They cost nothing while nobody listens.</summary>
internal static class Tracing
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "LabelServer";

    /// <summary>The source.</summary>
    public static readonly ActivitySource Source = new(SourceName);

    /// <summary>Adds a span that is over already, below the current one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="start">When it began.</param>
    /// <param name="duration">How long it took.</param>
    /// <returns>When it ended, which is when the next one begins.</returns>
    public static DateTimeOffset AddFinished(string name, DateTimeOffset start, TimeSpan duration)
    {
        var end = start + duration;
        using var span = Source.StartActivity(name, ActivityKind.Internal, parentContext: default, startTime: start);
        span?.SetEndTime(end.UtcDateTime);
        return end;
    }
}
