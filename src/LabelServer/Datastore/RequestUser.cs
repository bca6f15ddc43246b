namespace LabelServer.Datastore;

/// <summary>Who sends a request.</summary>
internal static class RequestUser
{
    /// <summary>Who everyone is while there is no log-in, as in MONAI Label.</summary>
    public const string Anonymous = "admin";

    /// <summary>The user's name; <see cref="Anonymous"/> when nobody has logged in.</summary>
    public static string Of(HttpContext context) => LoggedIn(context) ?? Anonymous;

    /// <summary>The user's name, or null when nobody has logged in.</summary>
    public static string? LoggedIn(HttpContext context) => context.User.Identity is { IsAuthenticated: true, Name.Length: > 0 } identity ? identity.Name : null;
}
