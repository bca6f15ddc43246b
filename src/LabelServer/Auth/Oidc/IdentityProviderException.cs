using LabelServer.Errors;

namespace LabelServer.Auth.Oidc;

/// <summary>The identity provider does not answer, or answers what cannot be used, so that no token can be checked now.</summary>
public sealed class IdentityProviderException : Exception, IRetryable
{
    /// <summary>Creates the exception.</summary>
    public IdentityProviderException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <inheritdoc/>
    public TimeSpan RetryAfter => TimeSpan.FromSeconds(10);
}
