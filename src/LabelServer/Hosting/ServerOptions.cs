using System.Security.Cryptography;
using System.Text;

namespace LabelServer.Hosting;

/// <summary>Everything that <c>start_server</c> needs to know, checked. Made by <see cref="ServerOptionsBuilder"/>.</summary>
public sealed record ServerOptions
{
    /// <summary>The app's folder, absolute; holds <c>app.json</c>.</summary>
    public required string AppFolder { get; init; }

    /// <summary>The studies folder, absolute. It is created when the server starts.</summary>
    public required string StudiesFolder { get; init; }

    /// <summary>The app's settings: <c>--conf KEY VALUE</c>, of a key that occurs twice the last value.</summary>
    public IReadOnlyDictionary<string, string> Conf { get; init; } = new Dictionary<string, string>();

    /// <summary>The address to listen on: a loopback name or address unless <see cref="Insecure"/>.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; } = 8000;

    /// <summary>Whether requests from other machines are taken without a log-in.</summary>
    public bool Insecure { get; init; }

    /// <summary>Host names besides those of loopback under which the server answers.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Web pages besides the server's own that may use it (<c>MONAI_LABEL_CORS_ORIGINS</c>).</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Prefix of all API paths, such as <c>/api</c>; empty for none (<c>MONAI_LABEL_API_STR</c>).</summary>
    public string ApiPrefix { get; init; } = string.Empty;

    /// <summary>The name in titles of pages (<c>MONAI_LABEL_PROJECT_NAME</c>).</summary>
    public string ProjectName { get; init; } = "LabelServer";

    /// <summary>The lowest level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Whether each request is logged.</summary>
    public bool AccessLog { get; init; }

    /// <summary>A certificate in PEM form, or null for plain HTTP.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The certificate's private key in PEM form.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The password of the private key, or null when it has none.</summary>
    public string? KeyPassword { get; init; }

    /// <summary>The environment's settings, for what each feature reads on its own.</summary>
    public EnvironmentSettings Environment { get; init; } = EnvironmentSettings.Empty;

    /// <summary>Whether only this machine can reach the server.</summary>
    public bool ListensOnLoopbackOnly => Security.LoopbackNames.Contains(Host);

    /// <summary>Whether nothing may be written into the studies (<c>MONAI_LABEL_DATASTORE_READ_ONLY</c>).</summary>
    public bool ReadOnlyStudies { get; init; }

    /// <summary>The server's own folder inside the studies: journal, versions, logs, uploads. For studies that are only read it is <see cref="LocalStateFolder"/>.</summary>
    public string StateFolder => ReadOnlyStudies ? LocalStateFolder : Path.Combine(StudiesFolder, ".labelserver");

    /// <summary>A folder of this user on this machine, with a name made of the studies folder's.</summary>
    public string LocalStateFolder => Path.Combine(
        System.Environment.GetFolderPath(System.Environment.SpecialFolder.LocalApplicationData, System.Environment.SpecialFolderOption.DoNotVerify),
        "LabelServer",
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(StudiesFolder)).AsSpan(0, 8)));

    /// <summary>The folder of the state database, absolute (<c>--state</c>); null: chosen by where the studies lie.</summary>
    public string? DatabaseFolder { get; init; }

    /// <summary>The log file.</summary>
    public string LogFile => Path.Combine(StateFolder, "logs", "app.log");
}
