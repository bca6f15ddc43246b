namespace LabelServer.Errors;

/// <summary>An error that will be gone after a while. The answer carries <c>Retry-After</c>.</summary>
public interface IRetryable
{
    /// <summary>How long the client should wait; rounded up to whole seconds, at least one.</summary>
    TimeSpan RetryAfter { get; }
}
