using System.Security.Claims;

namespace LabelServer.Auth;

/// <summary>How a user stands in <see cref="HttpContext.User"/>, whether a key or a token named it.</summary>
internal static class UserClaims
{
    /// <summary>The claim with the user's name for logs, labels and leases.</summary>
    public const string Name = "labelserver_user";

    /// <summary>The claim with the e-mail address.</summary>
    public const string Email = "email";

    /// <summary>The claim with the name of the person.</summary>
    public const string FullName = "name";

    /// <summary>One claim for each role that <c>/auth/token/valid</c> shows, by the names that the provider uses.</summary>
    public const string ShownRole = "shown_role";

    /// <summary>Makes a user.</summary>
    /// <param name="scheme">How the user has logged in, for logs.</param>
    /// <param name="name">The user's name.</param>
    /// <param name="email">The e-mail address, or null.</param>
    /// <param name="fullName">The person's name, or null.</param>
    /// <param name="roles">The roles.</param>
    /// <param name="shownRoles">The roles by the names that clients see.</param>
    public static ClaimsPrincipal Create(string scheme, string name, string? email, string? fullName, IEnumerable<Role> roles, IEnumerable<string> shownRoles)
    {
        var identity = new ClaimsIdentity(scheme, Name, RoleClaims.ClaimType);
        identity.AddClaim(new Claim(Name, name));
        if (email is not null)
            identity.AddClaim(new Claim(Email, email));
        if (fullName is not null)
            identity.AddClaim(new Claim(FullName, fullName));
        identity.AddClaims(roles.Select(RoleClaims.Claim));
        identity.AddClaims(shownRoles.Select(r => new Claim(ShownRole, r)));
        return new ClaimsPrincipal(identity);
    }
}
