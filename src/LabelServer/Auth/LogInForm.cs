using System.Text;
using System.Text.Json.Nodes;
using LabelServer.Errors;
using LabelServer.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace LabelServer.Auth;

/// <summary>The form of <c>POST /auth/token</c>, with FastAPI's rules of a password request: urlencoded; <c>username</c> and <c>password</c> must be there, <c>grant_type</c> may be absent or <c>password</c>.</summary>
internal static class LogInForm
{
    private const int Limit = 64 * 1024;

    /// <summary>Reads the form.</summary>
    /// <exception cref="RequestValidationException">A field is missing or wrong; lists all of them. A body that is no urlencoded form has no fields.</exception>
    public static async Task<(string UserName, string Password)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var bytes = await RequestBody.ReadAllAsync(request.Body, Limit, "The log-in", cancellationToken);
        var isForm = request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) is true;
        var fields = isForm ? QueryHelpers.ParseQuery(Encoding.UTF8.GetString(bytes)) : [];
        var faults = new List<ValidationFault>();
        if (fields.TryGetValue("grant_type", out var grant) && grant.ToString() is { Length: > 0 } type && type != "password")
        {
            faults.Add(new ValidationFault(
                "string_pattern_mismatch", ["body", "grant_type"], "String should match pattern 'password'", JsonValue.Create(type), new JsonObject { ["pattern"] = "password" }));
        }

        var userName = Required(fields, "username", faults);
        var password = Required(fields, "password", faults);
        return faults.Count == 0 ? (userName, password) : throw new RequestValidationException(faults);
    }

    private static string Required(Dictionary<string, Microsoft.Extensions.Primitives.StringValues> fields, string name, List<ValidationFault> faults)
    {
        if (fields.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text)
            return text;
        faults.Add(ValidationFault.Missing("body", name));
        return string.Empty;
    }
}
