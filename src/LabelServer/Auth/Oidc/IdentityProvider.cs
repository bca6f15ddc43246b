using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace LabelServer.Auth.Oidc;

/// <summary>What the identity provider says about itself: issuer, signing keys, token endpoint. Fetched by discovery when it is first needed, and again when its keys may have changed.</summary>
/// <remarks>Fetched anew after half a day; for a token that is signed with an unknown key, at most every half minute, so that forged tokens cannot make this server flood the provider. Safe for concurrent use.</remarks>
public sealed class IdentityProvider : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(12);
    private static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(30);

    private readonly OidcSettings _settings;
    private readonly TimeProvider _time;
    private readonly HttpDocumentRetriever _retriever;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Known? _known;

    /// <summary>Creates the provider; nothing is fetched yet.</summary>
    public IdentityProvider(OidcSettings settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _time = time;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = settings.Timeout,
            MaxResponseContentBufferSize = 4 * 1024 * 1024,
        };

        // Whether plain HTTP is allowed was decided when the settings were read.
        _retriever = new HttpDocumentRetriever(Client) { RequireHttps = settings.Realm.Scheme == Uri.UriSchemeHttps };
    }

    /// <summary>The client for calls to the provider.</summary>
    internal HttpClient Client { get; }

    /// <summary>What the provider says about itself.</summary>
    /// <param name="becauseOf">What was read before and turned out too old; null to take what there is.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="IdentityProviderException">The provider cannot be asked.</exception>
    public async Task<OpenIdConnectConfiguration> GetAsync(OpenIdConnectConfiguration? becauseOf, CancellationToken cancellationToken)
    {
        if (IsGood(_known, becauseOf))
            return _known!.Configuration;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!IsGood(_known, becauseOf))
                _known = await FetchAsync(cancellationToken);
            return _known!.Configuration;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        _turn.Dispose();
    }

    private bool IsGood(Known? known, OpenIdConnectConfiguration? tooOld)
    {
        if (known is null)
            return false;
        var age = _time.GetUtcNow() - known.Fetched;
        return ReferenceEquals(known.Configuration, tooOld) ? age < LeastAge : age < Age;
    }

    private async Task<Known> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(_settings.DiscoveryAddress, _retriever, cancellationToken);
            if (string.IsNullOrEmpty(configuration.Issuer) || configuration.SigningKeys.Count == 0)
                throw new IdentityProviderException($"The identity provider's document at {_settings.DiscoveryAddress} names no issuer or no signing key.");
            return new Known(configuration, _time.GetUtcNow());
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or ArgumentException or HttpRequestException or OperationCanceledException or System.Text.Json.JsonException
            && !cancellationToken.IsCancellationRequested)
        {
            throw new IdentityProviderException($"The identity provider does not answer at {_settings.DiscoveryAddress}, so nobody's token can be checked now. Try again later; API keys work meanwhile.", error);
        }
    }

    private sealed record Known(OpenIdConnectConfiguration Configuration, DateTimeOffset Fetched);
}
