using LabelServer.Auth;

namespace LabelServer.Limits;

/// <summary>Whose request it is, where limits are counted: the user's, or the address's when nobody has logged in.</summary>
internal static class UserKey
{
    /// <summary>The key; users and addresses cannot be mistaken for each other.</summary>
    public static string Of(HttpContext context)
    {
        var user = CurrentUser.Of(context);
        return user.IsLoggedIn ? "user " + user.Name : "address " + user.Address;
    }
}
