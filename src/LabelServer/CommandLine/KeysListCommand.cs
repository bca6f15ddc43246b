using System.CommandLine;
using System.Globalization;
using LabelServer.Auth.Keys;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver keys list</c></summary>
internal static class KeysListCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var place = new KeysPlace();
        var command = new Command("list", "Lists the keys by the start that each of them shows: who they stand for, what they may, and whether they still hold.");
        place.AddTo(command);
        command.SetAction((result, _) => place.RunAsync(result, async (settings, _) =>
        {
            var output = result.InvocationConfiguration.Output;
            var keys = KeyFile.Read(settings.KeysFile);
            if (keys.Count == 0)
                await output.WriteLineAsync($"There are no keys in {settings.KeysFile}: nobody is asked to log in unless an identity provider is set up.");
            foreach (var key in keys)
                await output.WriteLineAsync($"{KeyText.Prefix}{key.Id}_…  {key.Name}  {string.Join(",", key.Roles.Select(KeyRoles.Word))}  made {Day(key.Created)}  {State(key)}");
            return 0;
        }));
        return command;
    }

    private static string State(ApiKey key) => key switch
    {
        { Revoked: { } revoked } => $"revoked {Day(revoked)}",
        { Expires: { } end } when !key.IsUsable(TimeProvider.System.GetUtcNow()) => $"ended {Day(end)}",
        { Expires: { } end } => $"holds until {Day(end)}",
        _ => "holds",
    };

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
