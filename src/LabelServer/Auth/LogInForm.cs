using System.Text.Json.Nodes;
using LabelServer.Errors;
using LabelServer.Http;

namespace LabelServer.Auth;

/// <summary>The form of <c>POST /auth/token</c>, with FastAPI's rules of a password request: urlencoded or multipart; <c>username</c> and <c>password</c> must be there, <c>grant_type</c> may be absent or <c>password</c>.</summary>
internal static class LogInForm
{
    private const int Limit = 64 * 1024;

    /// <summary>Reads the form.</summary>
    /// <exception cref="RequestValidationException">A field is missing or wrong; lists all of them. A body that is no form has no fields, and a file is no field.</exception>
    /// <exception cref="BadRequestException">A multipart body is broken.</exception>
    /// <exception cref="PayloadTooLargeException">The body is larger than 64 KiB: whoever asks is not known yet.</exception>
    /// <exception cref="PackedBodyException">The body is packed.</exception>
    public static async Task<(string UserName, string Password)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        request.Body = new MemoryStream(await RequestBody.ReadAllAsync(request.Body, Limit, "The log-in", cancellationToken));
        await using var form = await UploadForm.ReadAsync(request, (_, _, content, token) => content.CopyToAsync(Stream.Null, token), cancellationToken);
        var faults = new List<ValidationFault>();
        if (form.Text("grant_type") is { Length: > 0 } type && type != "password")
        {
            faults.Add(new ValidationFault(
                "string_pattern_mismatch", ["body", "grant_type"], "String should match pattern 'password'", JsonValue.Create(type), new JsonObject { ["pattern"] = "password" }));
        }

        var userName = Required(form, "username", faults);
        var password = Required(form, "password", faults);
        return faults.Count == 0 ? (userName, password) : throw new RequestValidationException(faults);
    }

    private static string Required(UploadForm form, string name, List<ValidationFault> faults)
    {
        if (form.Text(name) is { Length: > 0 } text)
            return text;
        faults.Add(ValidationFault.Missing("body", name));
        return string.Empty;
    }
}
