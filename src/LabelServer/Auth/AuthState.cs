using LabelServer.Auth.Keys;

namespace LabelServer.Auth;

/// <summary>Whether a log-in is asked for: with an identity provider, or as soon as a file of keys exists. Keys that come while the server runs count at once.</summary>
/// <remarks>It never goes back while the server runs: a file of keys that disappears must not open the server.</remarks>
public sealed class AuthState(AuthSettings settings, KeyRing keys)
{
    /// <summary>Whether a log-in is asked for.</summary>
    public bool IsEnabled => settings.Oidc is not null || keys.Exists;
}
