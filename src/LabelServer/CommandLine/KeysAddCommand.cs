using System.CommandLine;
using LabelServer.Auth.Keys;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver keys add NAME</c>: makes a key and shows it once.</summary>
internal static class KeysAddCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var place = new KeysPlace();
        var name = new Argument<string>("NAME") { Description = "The user, as labels and logs are to name it." };
        var role = new Option<string>("--role") { Description = $"{string.Join(", ", KeyRoles.Words)}. Each of the last four may do what those before it may, read-only only reads.", DefaultValueFactory = _ => KeyRoles.Word(Auth.Role.Annotator) };
        role.AcceptOnlyFromAmong([.. KeyRoles.Words]);
        var days = new Option<int?>("--days") { Description = "For how many days it holds. [default: until it is revoked]" };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 36_500)
                result.AddError("--days must be 1 to 36500.");
        });
        var command = new Command("add", "Makes a key for a user and shows it, once.") { name, role, days };
        place.AddTo(command);
        command.SetAction((result, _) => place.RunAsync(result, async (settings, audit) =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var id = KeyText.NewId();
            var text = KeyText.New(id);
            var key = new ApiKey
            {
                Id = id,
                Name = CheckedName(result.GetRequiredValue(name)),
                Roles = KeyRoles.Of(KeyRoles.Parse(result.GetValue(role)!)!.Value),
                Hash = KeyText.Hash(text),
                Created = now,
                Expires = result.GetValue(days) is { } count ? now.AddDays(count) : null,
            };
            KeyFile.Change(settings.KeysFile, keys => [.. keys, key]);
            var output = result.InvocationConfiguration;
            await output.Output.WriteLineAsync(text);
            await output.Error.WriteLineAsync($"This is the key of {key.Name} ({string.Join(", ", key.Roles.Select(KeyRoles.Word))}). It is not shown again. In 3D Slicer it is entered as password; scripts send it as 'Authorization: Bearer …'.");
            await KeysPlace.RecordAsync(audit, "key.add", key);
            return 0;
        }));
        return command;
    }

    // The name goes into logs, labels and leases.
    private static string CheckedName(string name)
    {
        var trimmed = name.Trim();
        return trimmed.Length is > 0 and <= 100 && !trimmed.Any(char.IsControl)
            ? trimmed
            : throw new KeyFileException("A name has 1 to 100 characters, and no line breaks or other control characters.");
    }
}
