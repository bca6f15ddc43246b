using System.Text.Encodings.Web;
using LabelServer.Auth.Keys;
using LabelServer.Auth.Oidc;
using LabelServer.Hosting;

namespace LabelServer.Auth;

/// <summary>Adds the log-in to the server's services.</summary>
/// <remarks>
/// Only the core of the framework's authentication is taken: its full set starts a ring of data-protection keys with the server, which nothing here uses.
/// Everything about the identity provider is made when the first of its tokens comes.
/// </remarks>
internal static class AuthServices
{
    /// <summary>Adds keys, tokens, the identity provider and the policies.</summary>
    /// <exception cref="ServerOptionsException">A setting is wrong; lists all of them.</exception>
    public static void AddAuth(this IServiceCollection services, ServerOptions options)
    {
        var settings = AuthSettings.From(options);
        services.AddSingleton(settings);
        services.AddSingleton<KeyRing>();
        services.AddSingleton<IssuedTokens>();
        services.AddSingleton<AuthState>();
        services.AddSingleton<ImageGrants>();
        services.AddSingleton(TrustedProxies.From(options));
        if (settings.Oidc is { } oidc)
        {
            services.AddSingleton(s => new IdentityProvider(oidc, s.GetRequiredService<TimeProvider>()));
            services.AddSingleton<OidcTokens>();
            services.AddSingleton<PasswordGrant>();
        }

        services.AddSingleton(UrlEncoder.Default);
        services.AddTransient<BearerHandler>();
        services.AddAuthenticationCore(authentication =>
        {
            authentication.AddScheme<BearerHandler>(BearerHandler.SchemeName, null);
            authentication.DefaultScheme = BearerHandler.SchemeName;
        });
        services.AddAccessPolicies();
    }
}
