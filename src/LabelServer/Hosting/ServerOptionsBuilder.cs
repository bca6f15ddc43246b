using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LabelServer.Auth;

namespace LabelServer.Hosting;

/// <summary>Makes <see cref="ServerOptions"/> of the command line and the environment, and checks them: the command line wins, all faults are reported together.</summary>
public static class ServerOptionsBuilder
{
    /// <summary>Builds and checks. Creates nothing on disk.</summary>
    /// <exception cref="ServerOptionsException">At least one value is missing or wrong.</exception>
    public static ServerOptions Build(StartServerArguments arguments, EnvironmentSettings environment)
    {
        var faults = new List<string>();
        var host = arguments.Host ?? "127.0.0.1";
        var options = new ServerOptions
        {
            AppFolder = AppFolder(arguments.App ?? environment.Text("MONAI_LABEL_APP_DIR"), faults),
            StudiesFolder = StudiesFolder(arguments.Studies ?? environment.Text("MONAI_LABEL_STUDIES"), faults),
            DatabaseFolder = StateFolder(arguments.State, faults),
            Conf = Conf(environment.Map("MONAI_LABEL_APP_CONF", faults), arguments.Conf, faults),
            Host = host,
            Port = Port(arguments.Port ?? environment.Integer("MONAI_LABEL_SERVER_PORT", 8000, faults), faults),
            Insecure = arguments.Insecure,
            AllowedHosts = [.. arguments.AllowedHosts.SelectMany(h => h.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
            CorsOrigins = Origins(environment.List("MONAI_LABEL_CORS_ORIGINS", faults), faults),
            ApiPrefix = Prefix(environment.Text("MONAI_LABEL_API_STR"), faults),
            ProjectName = environment.Text("MONAI_LABEL_PROJECT_NAME") ?? "LabelServer",
            LogLevel = Level(arguments.Verbose ?? "INFO", faults),
            AccessLog = arguments.AccessLog,
            ReadOnlyStudies = environment.Boolean("MONAI_LABEL_DATASTORE_READ_ONLY", false, faults),
            CertificateFile = arguments.CertificateFile,
            KeyFile = arguments.KeyFile,
            KeyPassword = arguments.KeyPassword,
            Environment = environment,
        };
        faults.AddRange(UnusedVariables.Refusals(environment));
        CheckReach(options, AuthSettings.Read(environment, options.StateFolder, faults), faults);
        CheckCertificate(options, faults);
        return faults.Count == 0 ? options : throw new ServerOptionsException(faults);
    }

    private static string AppFolder(string? folder, List<string> faults)
    {
        if (folder is null)
        {
            faults.Add("--app is missing. Give the folder of an app, such as --app apps/monaibundle.");
            return string.Empty;
        }

        var path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
            faults.Add($"--app {folder}: there is no such folder ({path}).");
        else if (!File.Exists(Path.Combine(path, Apps.AppDeclaration.FileName)))
            faults.Add($"--app {folder}: the folder has no {Apps.AppDeclaration.FileName}. Apps of MONAI Label are Python programs and do not run here; take apps/monaibundle or apps/radiology of this program.");
        return path;
    }

    private static string StudiesFolder(string? folder, List<string> faults)
    {
        if (folder is null)
        {
            faults.Add("--studies is missing. Give the folder that holds the images; it is created when it is missing.");
            return string.Empty;
        }

        if (folder.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || folder.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            faults.Add($"--studies {folder}: this version reads studies from a folder, not from a DICOMweb server.");
            return string.Empty;
        }

        var path = Path.GetFullPath(folder);
        if (File.Exists(path))
            faults.Add($"--studies {folder}: this is a file, not a folder.");
        return path;
    }

    private static string? StateFolder(string? folder, List<string> faults)
    {
        if (string.IsNullOrEmpty(folder))
            return null;
        var path = Path.GetFullPath(folder);
        if (File.Exists(path))
            faults.Add($"--state {folder}: this is a file, not a folder.");
        return path;
    }

    private static Dictionary<string, string> Conf(IReadOnlyList<KeyValuePair<string, string>> fromEnvironment, IReadOnlyList<string> typed, List<string> faults)
    {
        var conf = new Dictionary<string, string>(fromEnvironment, StringComparer.Ordinal);
        if (typed.Count % 2 != 0)
            faults.Add($"--conf takes a key and a value each time, such as --conf models NAME; the last one was '{typed[^1]}' without a value.");
        for (var i = 0; i + 1 < typed.Count; i += 2)
            conf[typed[i]] = typed[i + 1];
        return conf;
    }

    private static int Port(int port, List<string> faults)
    {
        if (port is < 0 or > 65535)
            faults.Add($"--port {port}: ports go from 1 to 65535, and 0 takes a free one.");
        return port;
    }

    private static IReadOnlyList<string> Origins(IReadOnlyList<string> origins, List<string> faults)
    {
        foreach (var origin in origins.Where(o => o != "*"))
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.PathAndQuery != "/")
                faults.Add($"MONAI_LABEL_CORS_ORIGINS: '{origin}' is no origin. Write scheme, host and port only, such as https://viewer.example:3000.");
        }

        return origins;
    }

    private static string Prefix(string? prefix, List<string> faults)
    {
        if (prefix is null)
            return string.Empty;
        if (!prefix.StartsWith('/') || prefix.EndsWith('/') || prefix.IndexOfAny(['{', '}', '?', '#', ' ']) >= 0)
            faults.Add($"MONAI_LABEL_API_STR='{prefix}': a prefix starts with a slash and ends without one, such as /api.");
        return prefix;
    }

    private static LogLevel Level(string name, List<string> faults)
    {
        if (LogLevelNames.Find(name) is { } level)
            return level;
        faults.Add($"--verbose {name}: the levels are {string.Join(", ", LogLevelNames.All)}.");
        return LogLevel.Information;
    }

    private static void CheckReach(ServerOptions options, AuthSettings auth, List<string> faults)
    {
        if (!options.ListensOnLoopbackOnly && !options.Insecure && auth.Oidc is null && !File.Exists(auth.KeysFile))
        {
            faults.Add($"--host {options.Host}: without a log-in, everyone in the network could read the images and delete the labels. Make a key for each user (labelserver keys add NAME --studies DIR), "
                + "or use --host 127.0.0.1 (other machines reach it through an SSH tunnel: ssh -L 8000:127.0.0.1:8000 this-machine), or add --insecure if the network is only yours.");
        }
    }

    private static void CheckCertificate(ServerOptions options, List<string> faults)
    {
        if (options.CertificateFile is null && options.KeyFile is null)
            return;
        if (options.CertificateFile is null || options.KeyFile is null)
        {
            faults.Add("--ssl_certfile and --ssl_keyfile belong together; one of them is missing.");
            return;
        }

        try
        {
            using var certificate = LoadCertificate(options);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            faults.Add($"--ssl_certfile {options.CertificateFile}, --ssl_keyfile {options.KeyFile}: {error.Message}");
        }
    }

    internal static X509Certificate2 LoadCertificate(ServerOptions options) => options.KeyPassword is null
        ? X509Certificate2.CreateFromPemFile(options.CertificateFile!, options.KeyFile)
        : X509Certificate2.CreateFromEncryptedPemFile(options.CertificateFile!, options.KeyPassword, options.KeyFile);
}
