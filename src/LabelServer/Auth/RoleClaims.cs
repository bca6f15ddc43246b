using System.Collections.Frozen;
using System.Security.Claims;

namespace LabelServer.Auth;

/// <summary>How roles stand in the claims of a user: under <see cref="ClaimType"/> by the name of the <see cref="Role"/>, whatever the identity provider calls them.</summary>
internal static class RoleClaims
{
    /// <summary>The type of the claims.</summary>
    public const string ClaimType = "labelserver_role";

    /// <summary>Every role.</summary>
    public static readonly FrozenSet<Role> All = Enum.GetValues<Role>().ToFrozenSet();

    /// <summary>The claim of a role.</summary>
    public static Claim Claim(Role role) => new(ClaimType, role.ToString());

    /// <summary>The roles of a user.</summary>
    public static FrozenSet<Role> Of(ClaimsPrincipal user) => user.FindAll(ClaimType).Select(c => Enum.Parse<Role>(c.Value)).ToFrozenSet();
}
