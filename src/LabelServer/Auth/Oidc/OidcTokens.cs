using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace LabelServer.Auth.Oidc;

/// <summary>Checks tokens of the identity provider: signature by one of its published keys with a pinned asymmetric algorithm, issuer, lifetime with 60 s of skew, audience.</summary>
/// <remarks>
/// The original accepts no token at all (protocol 3.2); this is what it means to do, and an audience besides: a token that the provider made for another application of the hospital must not open this one.
/// Accepted when <c>aud</c> contains, or <c>azp</c> equals, the client id or an entry of <c>MONAI_LABEL_AUTH_AUDIENCES</c>: Keycloak's access tokens name the client in <c>azp</c> only, Entra ID's in <c>aud</c>.
/// </remarks>
public sealed partial class OidcTokens(AuthSettings auth, IdentityProvider provider, TimeProvider time, ILogger<OidcTokens> logger)
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    // Never a symmetric one: with those, whoever knows the public key could sign.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly OidcSettings _settings = auth.Oidc ?? throw new ArgumentException("There is no identity provider.", nameof(auth));
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <summary>The user that a token names; null when the token is not valid.</summary>
    /// <exception cref="IdentityProviderException">The provider's keys cannot be fetched.</exception>
    public async Task<ClaimsPrincipal?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (!_handler.CanReadToken(token))
            return null;
        var configuration = await provider.GetAsync(null, cancellationToken);
        var result = await _handler.ValidateTokenAsync(token, Parameters(configuration));
        if (!result.IsValid && result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // Perhaps the provider signs with a new key since.
            var newer = await provider.GetAsync(configuration, cancellationToken);
            if (!ReferenceEquals(newer, configuration))
                result = await _handler.ValidateTokenAsync(token, Parameters(newer));
        }

        if (result.IsValid)
            return ToUser((JsonWebToken)result.SecurityToken);
        LogRefused(result.Exception.GetType().Name);
        return null;
    }

    private TokenValidationParameters Parameters(OpenIdConnectConfiguration configuration) => new()
    {
        ValidIssuer = configuration.Issuer,
        IssuerSigningKeys = configuration.SigningKeys,
        ValidAlgorithms = Algorithms,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ValidateIssuerSigningKey = true,
        LifetimeValidator = (from, until, _, _) => IsAlive(from, until),
        AudienceValidator = (audiences, checkedToken, _) => IsForUs(audiences, (JsonWebToken)checkedToken),
    };

    private bool IsAlive(DateTime? from, DateTime? until)
    {
        // The skew is put on this side: an absent claim may come here as the first or last moment there is, which cannot be moved.
        var now = time.GetUtcNow().UtcDateTime;
        return until is { } end && now - Skew < end && (from is not { } start || now + Skew > start);
    }

    private bool IsForUs(IEnumerable<string> audiences, JsonWebToken token)
        => audiences.Any(IsOurs) || (token.TryGetPayloadValue<string>("azp", out var party) && IsOurs(party));

    private bool IsOurs(string name) => name == _settings.ClientId || _settings.Audiences.Contains(name, StringComparer.Ordinal);

    private ClaimsPrincipal? ToUser(JsonWebToken token)
    {
        // A token without a name still names somebody: its subject.
        using var claims = new ClaimPath(token);
        var name = claims.Text(_settings.UserNamePath) ?? claims.Text("sub");
        if (name is null)
            return null;
        var roles = claims.Texts(_settings.RolesPath);
        return UserClaims.Create("oidc", name, claims.Text(_settings.EmailPath), claims.Text(_settings.NamePath), auth.Roles.Known(roles), roles);
    }

    [LoggerMessage(122, LogLevel.Information, "A token of the identity provider was refused ({Reason}).")]
    private partial void LogRefused(string reason);
}
