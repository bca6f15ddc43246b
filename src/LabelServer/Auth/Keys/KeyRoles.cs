namespace LabelServer.Auth.Keys;

/// <summary>The roles of a key by the words of the command line and the file.</summary>
internal static class KeyRoles
{
    /// <summary>The words.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetValues<Role>().Select(Word)];

    /// <summary>The word of a role.</summary>
    public static string Word(Role role) => role switch
    {
        Role.ReadOnly => "read-only",
        Role.User => "user",
        Role.Annotator => "annotator",
        Role.Reviewer => "reviewer",
        _ => "admin",
    };

    /// <summary>The role of a word, or null.</summary>
    public static Role? Parse(string word) => Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(r => Word(r!.Value) == word);

    /// <summary>The flat roles that a key gets for the one that it is made with: an annotator also reads and infers, an administrator does everything.</summary>
    /// <remarks>Roles themselves are flat (protocol 3.3): a token of a provider that says only <c>monailabel-admin</c> may not even read <c>/info/</c>. Nobody wants a key like that.</remarks>
    public static IReadOnlyList<Role> Of(Role role) => role switch
    {
        Role.ReadOnly => [Role.ReadOnly],
        Role.User => [Role.User],
        Role.Annotator => [Role.User, Role.Annotator],
        Role.Reviewer => [Role.User, Role.Annotator, Role.Reviewer],
        _ => [Role.User, Role.Annotator, Role.Reviewer, Role.Admin],
    };
}
