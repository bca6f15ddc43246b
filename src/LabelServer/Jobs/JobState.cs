namespace LabelServer.Jobs;

/// <summary>Where a job stands (protocol 7.1).</summary>
public enum JobState
{
    /// <summary>It waits for its turn.</summary>
    Submitted,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It ended well.</summary>
    Done,

    /// <summary>It failed.</summary>
    Error,

    /// <summary>It was stopped.</summary>
    Stopped,
}
