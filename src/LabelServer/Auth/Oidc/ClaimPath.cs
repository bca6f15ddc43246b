using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace LabelServer.Auth.Oidc;

/// <summary>Reads claims of a token by MONAI Label's paths: <c>realm_access#roles</c> is the member <c>roles</c> of the claim <c>realm_access</c>.</summary>
internal static class ClaimPath
{
    /// <summary>The texts at a path: those of a list, or a single one; none when there is nothing, or something else.</summary>
    public static IReadOnlyList<string> Texts(JsonWebToken token, string path) => Find(token, path) switch
    {
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)],
        _ => [],
    };

    /// <summary>The text at a path, or null.</summary>
    public static string? Text(JsonWebToken token, string path) => Find(token, path) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } found ? found : null;

    private static JsonElement? Find(JsonWebToken token, string path)
    {
        var steps = path.Split('#');
        if (!token.TryGetPayloadValue<JsonElement>(steps[0], out var value))
            return null;
        foreach (var step in steps.Skip(1))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(step, out value))
                return null;
        }

        return value;
    }
}
