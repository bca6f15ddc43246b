using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LabelServer.Auth.Oidc;

/// <summary>Reads claims of a checked token by MONAI Label's paths: <c>realm_access#roles</c> is the member <c>roles</c> of the claim <c>realm_access</c>.</summary>
internal sealed class ClaimPath : IDisposable
{
    private readonly JsonDocument _payload;

    /// <summary>Opens the claims of a token.</summary>
    public ClaimPath(JsonWebToken token)
    {
        _payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
    }

    /// <summary>The texts at a path: those of a list, or a single one; none when there is nothing, or something else.</summary>
    public IReadOnlyList<string> Texts(string path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)],
        _ => [],
    };

    /// <summary>The text at a path, or null.</summary>
    public string? Text(string path) => Find(path) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } found ? found : null;

    /// <inheritdoc/>
    public void Dispose() => _payload.Dispose();

    private JsonElement? Find(string path)
    {
        var value = _payload.RootElement;
        foreach (var step in path.Split('#'))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(step, out value))
                return null;
        }

        return value;
    }
}
