using System.Net.Http.Headers;
using System.Text.Json;

namespace LabelServer.Auth.Oidc;

/// <summary>Exchanges a name and a password for a token of the identity provider, on behalf of Slicer's log-in window (protocol 3.1).</summary>
/// <remarks>The password is passed on and kept nowhere. Many providers do not allow this grant, and none with a second factor: then API keys are the way in.</remarks>
public sealed class PasswordGrant(AuthSettings auth, IdentityProvider provider)
{
    private readonly OidcSettings _settings = auth.Oidc ?? throw new ArgumentException("There is no identity provider.", nameof(auth));

    /// <summary>Asks the provider.</summary>
    /// <returns>The token and its type, or why the provider refused.</returns>
    /// <exception cref="IdentityProviderException">The provider does not answer, or not with a token.</exception>
    public async Task<(string? Token, string Type, string? Refusal)> AskAsync(string userName, string password, CancellationToken cancellationToken)
    {
        var configuration = await provider.GetAsync(null, cancellationToken);
        if (string.IsNullOrEmpty(configuration.TokenEndpoint))
            return (null, string.Empty, "it has no token endpoint");
        using var request = new HttpRequestMessage(HttpMethod.Post, configuration.TokenEndpoint) { Content = new FormUrlEncodedContent(Fields(userName, password)) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var answer = await provider.Client.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if ((int)answer.StatusCode >= 500)
                throw new IdentityProviderException($"The identity provider answered the log-in with status {(int)answer.StatusCode}. Try again later, or enter an API key as password.");
            return Read(text, answer.IsSuccessStatusCode);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or JsonException && !cancellationToken.IsCancellationRequested)
        {
            throw new IdentityProviderException("The identity provider did not answer the log-in. Try again later, or enter an API key as password.", error);
        }
    }

    private static (string? Token, string Type, string? Refusal) Read(string text, bool isSuccess)
    {
        using var document = JsonDocument.Parse(text);
        var json = document.RootElement;
        if (isSuccess && Member(json, "access_token") is { } token)
            return (token, Member(json, "token_type") ?? BearerHandler.SchemeName, null);
        return (null, string.Empty, Member(json, "error_description") ?? Member(json, "error") ?? "it gave no reason");
    }

    private static string? Member(JsonElement json, string name)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private IEnumerable<KeyValuePair<string, string>> Fields(string userName, string password)
    {
        yield return new("client_id", _settings.ClientId);
        yield return new("username", userName);
        yield return new("password", password);
        yield return new("grant_type", "password");
        if (_settings.ClientSecret is { } secret)
            yield return new("client_secret", secret);
        if (_settings.Scope is { } scope)
            yield return new("scope", scope);
    }
}
