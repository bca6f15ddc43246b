using System.Text.Json.Nodes;
using LabelServer.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace LabelServer.Auth;

/// <summary>Answers whoever may not: 401 and 403 in the original's words (protocol 3.2), with <c>WWW-Authenticate: Bearer</c>.</summary>
/// <remarks>What a stranger is still sending is dropped only up to a limit; the connection is closed when there is more.</remarks>
internal sealed class AccessRefusals(AuthSettings settings) : IAuthorizationMiddlewareResultHandler
{
    /// <inheritdoc/>
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }

        if (authorizeResult.Forbidden)
        {
            var role = policy.Requirements.OfType<AccessRequirement>().Select(r => r.MissingRole).FirstOrDefault(r => r is not null);
            await AnswerAsync(context, StatusCodes.Status403Forbidden, role is { } missing
                ? $"Role \"{settings.Roles.Of(missing)}\" is required to perform this action"
                : "This action is not allowed");
            return;
        }

        await AnswerAsync(context, StatusCodes.Status401Unauthorized, BearerHandler.TokenOf(context.Request) is null ? "Not authenticated" : "Could not validate credentials");
    }

    private static async Task AnswerAsync(HttpContext context, int status, string detail)
    {
        await RequestBody.DrainAsync(context, RequestBody.StrangerLimit);
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = BearerHandler.SchemeName;
        await new JsonAnswer(new JsonObject { ["detail"] = detail }, status).ExecuteAsync(context);
    }
}
