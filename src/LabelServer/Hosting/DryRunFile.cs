using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LabelServer.Hosting;

/// <summary>What <c>--dryrun</c> leaves behind: the settings as variables, in <c>.env</c> (<c>env.bat</c> on Windows) of the working directory. A later <c>start_server</c> there needs no arguments.</summary>
internal static class DryRunFile
{
    private const string Mark = "LabelServer: written by start_server --dryrun, and written again by the next one";
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The name of the file on this system.</summary>
    public static string Name => OperatingSystem.IsWindows() ? "env.bat" : ".env";

    /// <summary>Writes the file.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="options">The settings.</param>
    /// <returns>The file's path.</returns>
    /// <exception cref="IOException">The file cannot be written, or is somebody's own: it is left as it is.</exception>
    public static string Write(string folder, ServerOptions options)
    {
        var path = Path.Combine(folder, Name);
        if (File.Exists(path) && !File.ReadLines(path).Take(2).Any(l => l.Contains(Mark, StringComparison.Ordinal)))
            throw new IOException($"{path} is there already and was not written by --dryrun. Move it away, or start in another folder.");
        var text = new StringBuilder(OperatingSystem.IsWindows() ? $"rem {Mark}\r\n" : $"# {Mark}\n");
        foreach (var (name, value) in Variables(options))
            text.Append(OperatingSystem.IsWindows() ? $"set {name}={value}\r\n" : $"export {name}={Quote(value)}\n");
        File.WriteAllText(path, text.ToString());
        return path;
    }

    private static IEnumerable<(string Name, string Value)> Variables(ServerOptions options)
    {
        yield return ("MONAI_LABEL_APP_DIR", options.AppFolder);
        yield return ("MONAI_LABEL_STUDIES", options.StudiesFolder);
        yield return ("MONAI_LABEL_APP_CONF", new JsonObject(options.Conf.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))).ToJsonString(Readable));
        yield return ("MONAI_LABEL_SERVER_PORT", options.Port.ToString(CultureInfo.InvariantCulture));

        // Those that were set already go along, so that the file alone starts the same server.
        foreach (var (name, value) in options.Environment.All.Where(v => v.Key.StartsWith("MONAI_LABEL_", StringComparison.Ordinal)).OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (name is not ("MONAI_LABEL_APP_DIR" or "MONAI_LABEL_STUDIES" or "MONAI_LABEL_APP_CONF" or "MONAI_LABEL_SERVER_PORT") && !IsSecret(name))
                yield return (name, value);
        }
    }

    private static bool IsSecret(string name) => name.Contains("PASSWORD", StringComparison.Ordinal) || name.Contains("SECRET", StringComparison.Ordinal) || name.Contains("TOKEN", StringComparison.Ordinal) || name.Contains("API_KEY", StringComparison.Ordinal);

    // As a shell takes it, and as EnvironmentSettings reads it.
    private static string Quote(string value) => $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
