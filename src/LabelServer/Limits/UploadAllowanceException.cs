using LabelServer.Errors;

namespace LabelServer.Limits;

/// <summary>A user has uploaded more within an hour than one may.</summary>
public sealed class UploadAllowanceException : RequestException, IRetryable
{
    /// <summary>Creates the exception.</summary>
    /// <param name="limit">The bytes that one user may upload in an hour.</param>
    /// <param name="retryAfter">When the user's hour is over.</param>
    public UploadAllowanceException(long limit, TimeSpan retryAfter)
        : base($"More than {limit / 1024 / 1024} MiB of uploads within an hour is more than one user may send (LABELSERVER_UPLOAD_MB_PER_HOUR). Nothing was stored of this request. "
            + $"Try again in {Math.Max(1, Math.Ceiling(retryAfter.TotalMinutes)):0} min.")
    {
        RetryAfter = retryAfter;
    }

    /// <inheritdoc/>
    public TimeSpan RetryAfter { get; }
}
