using LabelServer.Hosting;

namespace LabelServer.Auth.Oidc;

/// <summary>How tokens of an identity provider are checked and read (protocol 3.2 and 12.1).</summary>
public sealed record OidcSettings
{
    /// <summary>The realm: <c>/.well-known/openid-configuration</c> lies below it (<c>MONAI_LABEL_AUTH_REALM_URI</c>).</summary>
    public required Uri Realm { get; init; }

    /// <summary>The client id (<c>MONAI_LABEL_AUTH_CLIENT_ID</c>).</summary>
    public required string ClientId { get; init; }

    /// <summary>The client's secret for the password grant, for providers that want one (<c>MONAI_LABEL_AUTH_CLIENT_SECRET</c>; not in MONAI Label).</summary>
    public string? ClientSecret { get; init; }

    /// <summary>The scope of the password grant, for providers that want one (<c>MONAI_LABEL_AUTH_SCOPE</c>; not in MONAI Label).</summary>
    public string? Scope { get; init; }

    /// <summary>Further audiences that are accepted besides the client id (<c>MONAI_LABEL_AUTH_AUDIENCES</c>; not in MONAI Label).</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>How long the provider may take to answer (<c>MONAI_LABEL_AUTH_TIMEOUT</c>, seconds).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the user's name stands in a token (<c>MONAI_LABEL_AUTH_TOKEN_USERNAME</c>); <c>#</c> separates levels.</summary>
    public string UserNamePath { get; init; } = "preferred_username";

    /// <summary>Where the e-mail address stands (<c>MONAI_LABEL_AUTH_TOKEN_EMAIL</c>).</summary>
    public string EmailPath { get; init; } = "email";

    /// <summary>Where the person's name stands (<c>MONAI_LABEL_AUTH_TOKEN_NAME</c>).</summary>
    public string NamePath { get; init; } = "name";

    /// <summary>Where the roles stand (<c>MONAI_LABEL_AUTH_TOKEN_ROLES</c>).</summary>
    public string RolesPath { get; init; } = "realm_access#roles";

    /// <summary>The address of the discovery document.</summary>
    public string DiscoveryAddress => Realm.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";

    internal static OidcSettings Read(EnvironmentSettings environment, string clientId, List<string> faults)
    {
        const string DefaultRealm = "http://localhost:8080/realms/monailabel";
        var timeout = environment.Integer("MONAI_LABEL_AUTH_TIMEOUT", 10, faults);
        if (timeout is < 1 or > 300)
            faults.Add($"MONAI_LABEL_AUTH_TIMEOUT={timeout}: it must be 1 to 300 seconds.");
        var settings = new OidcSettings
        {
            Realm = ReadRealm(environment.Text("MONAI_LABEL_AUTH_REALM_URI") ?? DefaultRealm, environment.Boolean("MONAI_LABEL_AUTH_ALLOW_HTTP", false, faults), faults),
            ClientId = clientId,
            ClientSecret = environment.Text("MONAI_LABEL_AUTH_CLIENT_SECRET"),
            Scope = environment.Text("MONAI_LABEL_AUTH_SCOPE"),
            Audiences = environment.List("MONAI_LABEL_AUTH_AUDIENCES", faults),
            Timeout = TimeSpan.FromSeconds(timeout),
        };
        return settings with
        {
            UserNamePath = environment.Text("MONAI_LABEL_AUTH_TOKEN_USERNAME") ?? settings.UserNamePath,
            EmailPath = environment.Text("MONAI_LABEL_AUTH_TOKEN_EMAIL") ?? settings.EmailPath,
            NamePath = environment.Text("MONAI_LABEL_AUTH_TOKEN_NAME") ?? settings.NamePath,
            RolesPath = environment.Text("MONAI_LABEL_AUTH_TOKEN_ROLES") ?? settings.RolesPath,
        };
    }

    // Over plain HTTP anybody on the way could hand out keys of his own and sign tokens with them.
    private static Uri ReadRealm(string text, bool allowHttp, List<string> faults)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var realm) || realm.Scheme is not ("http" or "https"))
        {
            faults.Add($"MONAI_LABEL_AUTH_REALM_URI='{text}' is no address such as https://id.example/realms/hospital.");
            return new Uri("https://invalid.invalid");
        }

        if (realm.Scheme == "http" && !allowHttp && !Security.LoopbackNames.Contains(realm.Host))
            faults.Add($"MONAI_LABEL_AUTH_REALM_URI='{text}': an identity provider on another machine is asked by https only. Set MONAI_LABEL_AUTH_ALLOW_HTTP=true if the way to it is protected otherwise.");
        return realm;
    }
}
