using LabelServer.Auth;

namespace LabelServer.Annotators;

/// <summary>Who annotates: the user who has logged in, else the client's own name with its address, because every Slicer sends the same name unless it is changed.</summary>
/// <param name="Name">What tells annotators apart: <c>alice</c>, <c>user-xyz@10.0.0.7</c>, or the address alone when the client gave no name.</param>
/// <param name="Address">The client's address.</param>
/// <param name="IsLoggedIn">Whether the name was proven; then the address means nothing.</param>
public sealed record Annotator(string Name, string Address, bool IsLoggedIn)
{
    /// <summary>Who sends a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="clientId">The <c>client_id</c> of its body, or null; not sent with GET and DELETE.</param>
    public static Annotator Of(HttpContext context, string? clientId = null)
    {
        var user = CurrentUser.Of(context);
        var address = user.Address?.ToString() ?? "local";
        return user.LoggedInName is { } name ? new(name, address, true) : new(string.IsNullOrEmpty(clientId) ? address : $"{clientId}@{address}", address, false);
    }

    /// <summary>Whether this request may be of that annotator: the same name, or the same address where the request could not say a name.</summary>
    public bool MayBe(string name, string address) => name == Name || (!IsLoggedIn && address == Address && Name == Address);
}
