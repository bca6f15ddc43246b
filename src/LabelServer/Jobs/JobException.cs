namespace LabelServer.Jobs;

/// <summary>A job of this kind waits or runs already, and the request does not want to wait for it.</summary>
public sealed class JobBusyException : Exception
{
    /// <summary>Creates the exception with the original's words, which clients show.</summary>
    public JobBusyException(JobKind kind)
        : base($"++++++++++ {kind.Title} Task is Already Running")
    {
    }
}

/// <summary>A job ended before it had a result, because it was stopped.</summary>
public sealed class JobStoppedException : Exception
{
    /// <summary>Creates the exception with a message for people.</summary>
    public JobStoppedException(string message)
        : base(message)
    {
    }
}
