using System.CommandLine;
using System.Text.Json.Nodes;
using LabelServer.Audit;
using LabelServer.Auth;
using LabelServer.Auth.Keys;
using LabelServer.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.CommandLine;

/// <summary>Which server's keys a command means: <c>--studies DIR</c>, or <c>MONAI_LABEL_STUDIES</c>, with the settings of the environment and <c>.env</c> as the server reads them.</summary>
internal sealed class KeysPlace
{
    private readonly Option<string?> _studies = new("--studies", "-s") { Description = "The studies folder of the server. [default: MONAI_LABEL_STUDIES]" };

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_studies);

    /// <summary>Runs a command; what is wrong is told in plain words, with the exit code 1.</summary>
    /// <param name="result">What was typed.</param>
    /// <param name="run">Gets the settings and the folder of the audit log.</param>
    public async Task<int> RunAsync(ParseResult result, Func<AuthSettings, string, Task<int>> run)
    {
        try
        {
            var faults = new List<string>();
            var environment = EnvironmentSettings.Read(Directory.GetCurrentDirectory());
            if ((result.GetValue(_studies) ?? environment.Text("MONAI_LABEL_STUDIES")) is not { } studies)
                throw new KeyFileException("--studies is missing. Give the studies folder of the server whose keys you mean.");
            var server = new ServerOptions
            {
                AppFolder = string.Empty,
                StudiesFolder = Path.GetFullPath(studies),
                ReadOnlyStudies = environment.Boolean("MONAI_LABEL_DATASTORE_READ_ONLY", false, faults),
                Environment = environment,
            };
            return await run(AuthSettings.From(server), AuditOptions.From(server).Folder);
        }
        catch (Exception error) when (error is KeyFileException or ServerOptionsException)
        {
            await result.InvocationConfiguration.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }

    /// <summary>Records a change of keys. In a file of its own: the server writes the other one.</summary>
    public static async Task RecordAsync(string auditFolder, string action, ApiKey key)
    {
        await using var log = new AuditLog(new AuditOptions { Folder = Path.Combine(auditFolder, "keys") }, TimeProvider.System, NullLogger<AuditLog>.Instance);
        await log.AppendAsync(new AuditEntry
        {
            Time = TimeProvider.System.GetUtcNow(),
            Action = action,
            Outcome = "ok",
            User = Environment.UserName,
            Details = new JsonObject
            {
                ["from"] = "command line",
                ["key"] = key.Id,
                ["name"] = key.Name,
                ["roles"] = new JsonArray([.. key.Roles.Select(r => (JsonNode?)KeyRoles.Word(r))]),
            },
        });
        if (log.IsFailing)
            throw new KeyFileException($"The change was made, but the audit log in '{auditFolder}' could not be written.");
    }
}
