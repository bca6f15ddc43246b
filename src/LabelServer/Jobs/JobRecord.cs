namespace LabelServer.Jobs;

/// <summary>What is known of a job at one moment. Immutable.</summary>
public sealed record JobRecord
{
    /// <summary>How many lines of <see cref="Details"/> are kept.</summary>
    public const int MaxDetails = 20;

    /// <summary>Its id: a UUID.</summary>
    public required string Id { get; init; }

    /// <summary>The <see cref="JobKind.Name"/> of its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }

    /// <summary>What was asked, as the text of a JSON object.</summary>
    public required string Request { get; init; }

    /// <summary>When it was submitted.</summary>
    public required DateTimeOffset Submitted { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Its last lines for people, the oldest first. Never empty: clients read the last one.</summary>
    public required IReadOnlyList<string> Details { get; init; }

    /// <summary>Whether it waits or runs.</summary>
    public bool IsActive => State is JobState.Submitted or JobState.Running;

    /// <summary>The same job with one line more, and the oldest gone when there are too many.</summary>
    public JobRecord WithLine(string line) => this with { Details = [.. Details.Append(line).TakeLast(MaxDetails)] };
}
