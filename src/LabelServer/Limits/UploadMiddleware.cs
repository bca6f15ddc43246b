using LabelServer.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LabelServer.Limits;

/// <summary>Holds the body of each request to the limits: one that announces too much is refused before it is read, one that does not say its length when it goes too far.</summary>
internal sealed class UploadMiddleware(RequestDelegate next, UploadAllowance allowance)
{
    /// <summary>Runs the request.</summary>
    /// <exception cref="UploadAllowanceException">The user's hour is used up.</exception>
    public Task InvokeAsync(HttpContext context)
    {
        if (!allowance.IsOn || !RequestBody.MayHaveBody(context.Request) || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return next(context);
        var user = UserKey.Of(context);
        allowance.Spend(user, 0, context.Request.ContentLength ?? 0);
        context.Request.Body = new MeteredBody(context.Request.Body, count => allowance.Spend(user, count));
        return next(context);
    }
}
