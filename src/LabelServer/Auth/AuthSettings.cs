using LabelServer.Auth.Oidc;
using LabelServer.Hosting;

namespace LabelServer.Auth;

/// <summary>Who may use the server, as its operator has set it (protocol 12.1; what MONAI Label does not have is marked so).</summary>
public sealed record AuthSettings
{
    /// <summary>Where the keys lie: <c>keys.json</c> in the server's own folder, or <c>MONAI_LABEL_AUTH_KEYS_FILE</c> (not in MONAI Label).</summary>
    public required string KeysFile { get; init; }

    /// <summary>The identity provider, or null without one (<c>MONAI_LABEL_AUTH_ENABLE</c>).</summary>
    public OidcSettings? Oidc { get; init; }

    /// <summary>The id that <c>GET /auth/</c> tells clients (<c>MONAI_LABEL_AUTH_CLIENT_ID</c>).</summary>
    public string ClientId { get; init; } = "monailabel-app";

    /// <summary>What the roles are called in tokens and messages (<c>MONAI_LABEL_AUTH_ROLE_*</c>).</summary>
    public RoleNames Roles { get; init; } = new();

    /// <summary>How long a token lives that <c>POST /auth/token</c> gave for a key (<c>MONAI_LABEL_AUTH_TOKEN_LIFETIME</c>, seconds; not in MONAI Label).</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the image of a next-sample answer may be fetched without a token (<c>MONAI_LABEL_AUTH_IMAGE_SECONDS</c>; 0 for never; not in MONAI Label).</summary>
    public TimeSpan ImageGrantTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The settings of a server.</summary>
    /// <exception cref="ServerOptionsException">A value is wrong; lists all of them.</exception>
    public static AuthSettings From(ServerOptions server)
    {
        var faults = new List<string>();
        var settings = Read(server.Environment, server.StateFolder, faults);
        return faults.Count == 0 ? settings : throw new ServerOptionsException(faults);
    }

    /// <summary>Reads the settings and collects what is wrong with them.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="stateFolder">The server's own folder.</param>
    /// <param name="faults">Receives a message for each wrong value.</param>
    internal static AuthSettings Read(EnvironmentSettings environment, string stateFolder, List<string> faults)
    {
        var defaults = new AuthSettings { KeysFile = Path.Combine(stateFolder, "keys.json") };
        var clientId = environment.Text("MONAI_LABEL_AUTH_CLIENT_ID") ?? defaults.ClientId;
        return defaults with
        {
            KeysFile = environment.Text("MONAI_LABEL_AUTH_KEYS_FILE") is { } file ? Path.GetFullPath(file) : defaults.KeysFile,
            ClientId = clientId,
            Oidc = environment.Boolean("MONAI_LABEL_AUTH_ENABLE", false, faults) ? OidcSettings.Read(environment, clientId, faults) : null,
            Roles = RoleNames.Read(environment),
            TokenLifetime = Seconds(environment, "MONAI_LABEL_AUTH_TOKEN_LIFETIME", defaults.TokenLifetime, 60, faults),
            ImageGrantTime = Seconds(environment, "MONAI_LABEL_AUTH_IMAGE_SECONDS", defaults.ImageGrantTime, 0, faults),
        };
    }

    private static TimeSpan Seconds(EnvironmentSettings environment, string name, TimeSpan defaultValue, int least, List<string> faults)
    {
        const int Day = 86_400;
        var seconds = environment.Integer(name, (int)defaultValue.TotalSeconds, faults);
        if (seconds < least || seconds > Day)
            faults.Add($"{name}={seconds}: it must be {least} to {Day} seconds.");
        return TimeSpan.FromSeconds(seconds);
    }
}
