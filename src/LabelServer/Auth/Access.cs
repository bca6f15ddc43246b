namespace LabelServer.Auth;

/// <summary>What an endpoint asks of who uses it. Each value is an authorization policy of the same name.</summary>
public enum Access
{
    /// <summary>Nothing: pages without contents, and the log-in itself.</summary>
    Anyone,

    /// <summary>A valid key or token, whatever its roles.</summary>
    LoggedIn,

    /// <summary><see cref="Role.User"/> or <see cref="Role.ReadOnly"/>.</summary>
    Read,

    /// <summary>As <see cref="Read"/>, or a GET of the one image that a next-sample answer has just named (<see cref="ImageGrants"/>).</summary>
    ReadOrGrantedImage,

    /// <summary><see cref="Role.User"/>.</summary>
    User,

    /// <summary><see cref="Role.Annotator"/>.</summary>
    Annotator,

    /// <summary><see cref="Role.Admin"/>.</summary>
    Admin,
}
