using System.Security.Claims;
using System.Text.Encodings.Web;
using LabelServer.Auth.Keys;
using LabelServer.Auth.Oidc;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace LabelServer.Auth;

/// <summary>Finds out who sends a request from its header <c>Authorization: Bearer …</c>: a key, a token that this server gave for a key, or a token of the identity provider.</summary>
/// <remarks>A key and a token of this server start with words of their own, so neither is ever shown to the provider's rules, and a provider's token never to the keys.</remarks>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AuthState state, KeyRing keys, IssuedTokens issued, AuthSettings settings, IServiceProvider services)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The name of the scheme, as <c>WWW-Authenticate</c> tells it.</summary>
    public const string SchemeName = "Bearer";

    /// <summary>The token of a request, or null when it has none of this scheme.</summary>
    public static string? TokenOf(HttpRequest request)
    {
        const string Prefix = SchemeName + " ";
        var header = request.Headers.Authorization.ToString();
        return header.Length > Prefix.Length && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : null;
    }

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!state.IsEnabled || TokenOf(Request) is not { } token)
            return AuthenticateResult.NoResult();
        var user = await FindAsync(token, Context.RequestAborted);
        return user is null ? AuthenticateResult.Fail("The token is not valid.") : AuthenticateResult.Success(new AuthenticationTicket(user, SchemeName));
    }

    private async Task<ClaimsPrincipal?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (KeyText.IsKey(token))
            return Principal(keys.Find(token));
        if (IssuedTokens.IsToken(token))
            return Principal(issued.Find(token));
        return settings.Oidc is null ? null : await services.GetRequiredService<OidcTokens>().ValidateAsync(token, cancellationToken);
    }

    private ClaimsPrincipal? Principal(ApiKey? key) => key is null
        ? null
        : UserClaims.Create($"key {key.Id}", key.Name, null, null, key.Roles, key.Roles.Select(settings.Roles.Of));
}
