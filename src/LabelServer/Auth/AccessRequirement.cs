using LabelServer.Audit;
using LabelServer.Http;
using Microsoft.AspNetCore.Authorization;

namespace LabelServer.Auth;

/// <summary>The requirement of a policy: one <see cref="Auth.Access"/>.</summary>
/// <param name="Access">What is asked.</param>
/// <param name="IsFallback">Whether it stands in for an endpoint without a policy; then what no endpoint serves passes, to be answered with 404 or 405.</param>
internal sealed record AccessRequirement(Access Access, bool IsFallback = false) : IAuthorizationRequirement
{
    /// <summary>The role that a message names as the missing one; null where no role is asked.</summary>
    public Role? MissingRole => Access switch
    {
        Access.Read or Access.ReadOrGrantedImage or Access.User => Role.User,
        Access.Annotator => Role.Annotator,
        Access.Admin => Role.Admin,
        _ => null,
    };
}

/// <summary>Decides whether a user meets an <see cref="AccessRequirement"/>. While there is no log-in, everybody does.</summary>
internal sealed class AccessHandler(AuthState state, AuthSettings settings, ImageGrants grants, TrustedProxies proxies) : AuthorizationHandler<AccessRequirement>
{
    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
    {
        var isUnserved = requirement.IsFallback && (context.Resource as HttpContext)?.GetEndpoint() is not RouteEndpoint;
        if (!state.IsEnabled || isUnserved || IsMet(context, requirement.Access))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private bool IsMet(AuthorizationHandlerContext context, Access access) => access switch
    {
        Access.Anyone => true,
        Access.LoggedIn => context.User.Identity is { IsAuthenticated: true },
        Access.Read => Reads(context),
        Access.ReadOrGrantedImage => Reads(context) || (context.Resource is HttpContext http && IsGranted(http)),
        Access.User => Has(context, Role.User),
        Access.Annotator => Has(context, Role.Annotator),
        _ => Has(context, Role.Admin),
    };

    private static bool Reads(AuthorizationHandlerContext context) => Has(context, Role.User) || Has(context, Role.ReadOnly);

    private static bool Has(AuthorizationHandlerContext context, Role role) => context.User.IsInRole(role.ToString());

    // A bad token is refused and never falls back to the grant. A proxy that is not trusted hides who asks: then everybody would have its address.
    private bool IsGranted(HttpContext http)
    {
        if (settings.ImageGrantTime <= TimeSpan.Zero || !HttpMethods.IsGet(http.Request.Method) || http.Request.Headers.Authorization.Count > 0 || proxies.HidesClient(http))
            return false;
        if (grants.GrantedTo(new RequestQuery(http.Request).Text("image"), ClientAddress.Of(http)) is not { } user)
            return false;
        AuditTrail.Of(http).Begin("image.read-without-token").Note("granted_to", user);
        return true;
    }
}
