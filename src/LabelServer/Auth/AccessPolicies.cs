using LabelServer.Audit;
using Microsoft.AspNetCore.Authorization;

namespace LabelServer.Auth;

/// <summary>The authorization policies, one for each <see cref="Access"/>, and what happens to an endpoint that has none.</summary>
internal static class AccessPolicies
{
    /// <summary>Adds the policies.</summary>
    public static void AddAccessPolicies(this IServiceCollection services)
    {
        services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessRefusals>();
        services.AddAuthorization(options =>
        {
            foreach (var access in Enum.GetValues<Access>())
                options.AddPolicy(access.ToString(), Policy(access));

            // An endpoint that was forgotten is for administrators; a test finds it.
            options.FallbackPolicy = new AuthorizationPolicyBuilder().AddRequirements(new AccessRequirement(Access.Admin, IsFallback: true)).Build();
            options.DefaultPolicy = Policy(Access.LoggedIn);
        });
    }

    /// <summary>Says who may use an endpoint. Endpoints of MONAI Label's protocol stand in <see cref="AccessTable"/>; this is for others.</summary>
    /// <param name="builder">The endpoint.</param>
    /// <param name="access">What is asked.</param>
    /// <param name="auditAs">The action under which the audit log records each use; null for endpoints that change nothing.</param>
    public static TBuilder Require<TBuilder>(this TBuilder builder, Access access, string? auditAs = null)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => AddTo(endpoint, access, auditAs));
        return builder;
    }

    /// <summary>Adds the metadata.</summary>
    internal static void AddTo(EndpointBuilder endpoint, Access access, string? auditAs)
    {
        endpoint.Metadata.Add(new AuthorizeAttribute(access.ToString()));
        if (auditAs is not null)
            endpoint.Metadata.Add(new AuditedAction(auditAs));
    }

    private static AuthorizationPolicy Policy(Access access) => new AuthorizationPolicyBuilder().AddRequirements(new AccessRequirement(access)).Build();
}
