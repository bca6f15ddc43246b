using LabelServer.EndToEnd.Processes;

namespace LabelServer.EndToEnd.Security;

/// <summary>The command <c>labelserver keys</c>, run as users run it.</summary>
internal static class Keys
{
    /// <summary>Makes a key and returns it.</summary>
    public static async Task<string> AddAsync(string studies, string name, string role)
    {
        var (code, output) = await ServerProgram.RunAsync("keys", "add", name, "--role", role, "--studies", studies);
        Assert.Equal(0, code);
        return output.Split('\n').Single(l => l.StartsWith("lsk_", StringComparison.Ordinal)).Trim();
    }

    /// <summary>Revokes a key.</summary>
    public static async Task RevokeAsync(string studies, string key) => Assert.Equal(0, (await ServerProgram.RunAsync("keys", "revoke", key, "--studies", studies)).ExitCode);

    /// <summary>A request with a token.</summary>
    public static HttpRequestMessage Request(HttpMethod method, string path, string token, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return request;
    }
}
