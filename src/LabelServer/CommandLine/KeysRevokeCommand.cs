using System.CommandLine;
using LabelServer.Auth.Keys;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver keys revoke ID</c>: ends a key and every token that was given for it, in a running server too.</summary>
internal static class KeysRevokeCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var place = new KeysPlace();
        var id = new Argument<string>("ID") { Description = "The id that 'keys list' shows, with or without lsk_; or the key itself." };
        var command = new Command("revoke", "Ends a key at once. It stays in the list.") { id };
        place.AddTo(command);
        command.SetAction((result, _) => place.RunAsync(result, async (settings, audit) =>
        {
            var wanted = IdOf(result.GetRequiredValue(id));
            ApiKey? revoked = null;
            KeyFile.Change(settings.KeysFile, keys =>
            {
                var key = keys.FirstOrDefault(k => k.Id == wanted) ?? throw new KeyFileException($"There is no key '{wanted}' in {settings.KeysFile}. 'labelserver keys list' shows the ids.");
                revoked = key with { Revoked = key.Revoked ?? TimeProvider.System.GetUtcNow() };
                return [.. keys.Select(k => k.Id == wanted ? revoked : k)];
            });
            await result.InvocationConfiguration.Output.WriteLineAsync($"The key {KeyText.Prefix}{revoked!.Id}_… of {revoked.Name} is revoked.");
            await KeysPlace.RecordAsync(audit, "key.revoke", revoked);
            return 0;
        }));
        return command;
    }

    private static string IdOf(string text) => KeyText.IdOf(text) ?? (KeyText.IsKey(text) ? text[KeyText.Prefix.Length..].Split('_')[0] : text);
}
