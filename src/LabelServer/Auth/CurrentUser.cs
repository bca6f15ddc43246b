using System.Net;
using System.Security.Claims;

namespace LabelServer.Auth;

/// <summary>Who sends a request. While there is no log-in everyone is <c>admin</c> with every role, as in MONAI Label (protocol 3.2).</summary>
/// <remarks>Made from <see cref="HttpContext.User"/>; holds no reference to the request, so a job that outlives it may keep it.</remarks>
public sealed record CurrentUser
{
    /// <summary>Who everyone is while there is no log-in.</summary>
    public const string Anonymous = "admin";

    /// <summary>The name; <see cref="Anonymous"/> when nobody has logged in.</summary>
    public required string Name { get; init; }

    /// <summary>Whether <see cref="Name"/> was proven by a key or a token.</summary>
    public required bool IsLoggedIn { get; init; }

    /// <summary>The name, or null when nobody has logged in.</summary>
    public string? LoggedInName => IsLoggedIn ? Name : null;

    /// <summary>The roles; all of them while there is no log-in.</summary>
    public required IReadOnlySet<Role> Roles { get; init; }

    /// <summary>The address of the client; of the proxy when it is not one of the trusted ones. Null when the transport has none. IPv4 in IPv6 form is written as IPv4.</summary>
    public required IPAddress? Address { get; init; }

    /// <summary>Who sends this request.</summary>
    public static CurrentUser Of(HttpContext context)
    {
        var identity = context.User.Identity as ClaimsIdentity;
        var isLoggedIn = identity is { IsAuthenticated: true, Name.Length: > 0 };
        return new CurrentUser
        {
            Name = isLoggedIn ? identity!.Name! : Anonymous,
            IsLoggedIn = isLoggedIn,
            Roles = isLoggedIn ? RoleClaims.Of(context.User) : RoleClaims.All,
            Address = ClientAddress.Of(context),
        };
    }
}
