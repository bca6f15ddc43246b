using System.Text.Json.Nodes;
using LabelServer.Audit;
using LabelServer.Auth.Keys;
using LabelServer.Auth.Oidc;
using LabelServer.Errors;
using LabelServer.Http;
using LabelServer.OpenApi;

namespace LabelServer.Auth;

/// <summary><c>/auth/</c>, <c>/auth/token</c> and <c>/auth/token/valid</c> (protocol 3.1). While no log-in is asked for they answer 404, as in the original.</summary>
internal static class AuthEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapAuth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/auth/", Show).Describe(new("Log-in", "Whether a log-in is asked for, and by whom"));
        routes.MapPost("/auth/token", TokenAsync).RequireRateLimiting(Limits.RateLimits.LogInPolicy)
            .Describe(new("Log-in", "A token for a name and a password, or for an API key as password") { FormFields = ["username", "password", "grant_type"] });
        routes.MapGet("/auth/token", WrongMethod).ExcludeFromDescription();
        routes.MapGet("/auth/token/valid", Valid).Describe(new("Log-in", "Who the token stands for"));
    }

    private static JsonAnswer Show(AuthState state, AuthSettings settings)
    {
        RequireEnabled(state);
        return new JsonAnswer(new JsonObject
        {
            ["enabled"] = true,
            ["client_id"] = settings.ClientId,
            ["realm"] = settings.Oidc?.Realm.OriginalString ?? "API keys: enter the key as password",
        });
    }

    // Without a log-in the whole path is unknown (404), as in the original; otherwise only the method is wrong.
    private static JsonAnswer WrongMethod(HttpContext context, AuthState state)
    {
        RequireEnabled(state);
        context.Response.Headers.Allow = HttpMethods.Post;
        return new JsonAnswer(new JsonObject { ["detail"] = "Method Not Allowed" }, StatusCodes.Status405MethodNotAllowed);
    }

    private static async Task<IResult> TokenAsync(
        HttpContext context, AuthState state, AuthSettings settings, KeyRing keys, IssuedTokens issued, IServiceProvider services, CancellationToken cancellationToken)
    {
        RequireEnabled(state);
        var (userName, password) = await LogInForm.ReadAsync(context.Request, cancellationToken);
        if (KeyText.IsKey(password.Trim()))
        {
            if (keys.Find(password.Trim()) is not { } key)
                return Refuse(context, "The API key is not valid: it is mistyped, revoked or too old. Ask for a new one: labelserver keys add.");
            AuditTrail.Of(context).Note("key", key.Id).Note("user", key.Name);
            return Token(issued.Issue(key), "Bearer");
        }

        if (settings.Oidc is null)
            return Refuse(context, "Log in with an API key: leave the user name as it is and enter the key (it starts with lsk_) as password.");
        AuditTrail.Of(context).Note("user", userName);
        var (token, type, refusal) = await services.GetRequiredService<PasswordGrant>().AskAsync(userName, password, cancellationToken);
        return token is not null
            ? Token(token, type)
            : Refuse(context, $"The identity provider refused the log-in: {refusal}. Where it takes no passwords from here, or asks for a second factor, enter an API key as password; labelserver keys add makes one.");
    }

    private static JsonAnswer Valid(HttpContext context, AuthState state)
    {
        RequireEnabled(state);
        var user = context.User;
        return new JsonAnswer(new JsonObject
        {
            ["username"] = user.FindFirst(UserClaims.Name)?.Value,
            ["email"] = user.FindFirst(UserClaims.Email)?.Value,
            ["name"] = user.FindFirst(UserClaims.FullName)?.Value,
            ["roles"] = new JsonArray([.. user.FindAll(UserClaims.ShownRole).Select(r => (JsonNode?)r.Value)]),
        });
    }

    private static JsonAnswer Token(string token, string type) => new(new JsonObject { ["access_token"] = token, ["token_type"] = type });

    private static JsonAnswer Refuse(HttpContext context, string detail)
    {
        context.Response.Headers.WWWAuthenticate = BearerHandler.SchemeName;
        return new JsonAnswer(new JsonObject { ["detail"] = detail }, StatusCodes.Status401Unauthorized);
    }

    private static void RequireEnabled(AuthState state)
    {
        if (!state.IsEnabled)
            throw new ResourceNotFoundException("Not Found");
    }
}
