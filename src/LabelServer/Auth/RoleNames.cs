using LabelServer.Hosting;

namespace LabelServer.Auth;

/// <summary>What the roles are called by the identity provider and in messages to clients.</summary>
public sealed record RoleNames
{
    /// <summary>The name of <see cref="Role.Admin"/>.</summary>
    public string Admin { get; init; } = "monailabel-admin";

    /// <summary>The name of <see cref="Role.Reviewer"/>.</summary>
    public string Reviewer { get; init; } = "monailabel-reviewer";

    /// <summary>The name of <see cref="Role.Annotator"/>.</summary>
    public string Annotator { get; init; } = "monailabel-annotator";

    /// <summary>The name of <see cref="Role.User"/>.</summary>
    public string User { get; init; } = "monailabel-user";

    /// <summary>The name of <see cref="Role.ReadOnly"/>.</summary>
    public string ReadOnly { get; init; } = "monailabel-read-only";

    /// <summary>The name of a role.</summary>
    public string Of(Role role) => role switch
    {
        Role.Admin => Admin,
        Role.Reviewer => Reviewer,
        Role.Annotator => Annotator,
        Role.User => User,
        _ => ReadOnly,
    };

    /// <summary>The roles that bear one of these names; other names mean nothing here.</summary>
    public IEnumerable<Role> Known(IReadOnlyCollection<string> names) => RoleClaims.All.Where(role => names.Contains(Of(role), StringComparer.Ordinal));

    internal static RoleNames Read(EnvironmentSettings environment)
    {
        var defaults = new RoleNames();
        return new RoleNames
        {
            Admin = environment.Text("MONAI_LABEL_AUTH_ROLE_ADMIN") ?? defaults.Admin,
            Reviewer = environment.Text("MONAI_LABEL_AUTH_ROLE_REVIEWER") ?? defaults.Reviewer,
            Annotator = environment.Text("MONAI_LABEL_AUTH_ROLE_ANNOTATOR") ?? defaults.Annotator,
            User = environment.Text("MONAI_LABEL_AUTH_ROLE_USER") ?? defaults.User,
            ReadOnly = environment.Text("MONAI_LABEL_AUTH_ROLE_READ_ONLY") ?? defaults.ReadOnly,
        };
    }
}
