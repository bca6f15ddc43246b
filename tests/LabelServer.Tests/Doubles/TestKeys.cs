using LabelServer.Auth;
using LabelServer.Auth.Keys;

namespace LabelServer.Tests.Doubles;

/// <summary>Puts keys into the file of a server, as <c>labelserver keys</c> does.</summary>
internal static class TestKeys
{
    /// <summary>Where the keys of a studies folder lie.</summary>
    public static string FileOf(string studies) => Path.Combine(studies, ".labelserver", "keys.json");

    /// <summary>Adds a key with exactly these roles and returns its text.</summary>
    public static string Add(string studies, string name, params Role[] roles) => Add(studies, name, null, roles);

    /// <summary>Adds a key that ends.</summary>
    public static string Add(string studies, string name, DateTimeOffset? expires, params Role[] roles)
    {
        var id = KeyText.NewId();
        var text = KeyText.New(id);
        KeyFile.Change(FileOf(studies), keys => [.. keys, new ApiKey { Id = id, Name = name, Roles = roles, Hash = KeyText.Hash(text), Created = DateTimeOffset.UnixEpoch, Expires = expires }]);
        return text;
    }

    /// <summary>Revokes a key.</summary>
    public static void Revoke(string studies, string text)
        => KeyFile.Change(FileOf(studies), keys => [.. keys.Select(k => k.Id == KeyText.IdOf(text) ? k with { Revoked = DateTimeOffset.UnixEpoch } : k)]);

    /// <summary>A request with a key or token; none when it is null.</summary>
    public static HttpRequestMessage Request(HttpMethod method, string path, string? token, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return request;
    }
}
