using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LabelServer.Auth;
using LabelServer.Hosting;
using LabelServer.Tests.Doubles;
using Microsoft.IdentityModel.Tokens;

namespace LabelServer.Tests.Auth;

/// <summary>Tokens of an identity provider: good ones in Keycloak's and Entra ID's shape, and every way of being bad.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private TestProvider _provider = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _provider = await TestProvider.StartAsync();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task KeycloakToken_IsAcceptedByItsAuthorizedParty()
    {
        await using var server = await StartAsync();
        var token = _provider.Sign(_provider.Keycloak(_time.Now, "offline_access", "monailabel-user"));
        var (status, body) = await GetAsync(server, "/auth/token/valid", token);
        Assert.Equal(200, status);
        Assert.Equal("""{"username":"ada","email":"ada@hospital.example","name":"Ada Lovelace","roles":["offline_access","monailabel-user"]}""", body);
        Assert.Equal(200, (await GetAsync(server, "/info/", token)).Status);
        Assert.Equal((403, """{"detail":"Role \"monailabel-admin\" is required to perform this action"}"""), await GetAsync(server, "/logs/", token));
    }

    [Fact]
    public async Task AdminAlone_IsNoUser_BecauseRolesAreFlat()
    {
        await using var server = await StartAsync();
        var token = _provider.Sign(_provider.Keycloak(_time.Now, "monailabel-admin"));
        Assert.Equal(403, (await GetAsync(server, "/info/", token)).Status);
        Assert.Equal(200, (await GetAsync(server, "/logs/level", token)).Status);
    }

    [Fact]
    public async Task EntraToken_IsAcceptedByAConfiguredAudience_WithItsOwnClaims()
    {
        await using var server = await StartAsync(("MONAI_LABEL_AUTH_AUDIENCES", "[\"api://monailabel\"]"), ("MONAI_LABEL_AUTH_TOKEN_ROLES", "roles"), ("MONAI_LABEL_AUTH_ROLE_USER", "Annotate.All"));
        Assert.Equal(200, (await GetAsync(server, "/info/", _provider.Sign(_provider.Entra(_time.Now, "api://monailabel", "Annotate.All")))).Status);
        Assert.Equal(401, (await GetAsync(server, "/info/", _provider.Sign(_provider.Entra(_time.Now, "api://payroll", "Annotate.All")))).Status);
    }

    [Fact]
    public async Task AudienceList_MayHoldTheClientIdAmongOthers()
    {
        await using var server = await StartAsync();
        var payload = _provider.Keycloak(_time.Now, "monailabel-user");
        payload["azp"] = "another-app";
        payload["aud"] = new JsonArray("account", "monailabel-app");
        Assert.Equal(200, (await GetAsync(server, "/info/", _provider.Sign(payload))).Status);
    }

    public static TheoryData<string> BadTokens() => ["expired", "not yet", "no end", "wrong issuer", "wrong audience", "no audience", "forged", "other key", "none", "HS256", "cut", "no name"];

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task BadToken_Is401(string fault)
    {
        await using var server = await StartAsync();
        var payload = _provider.Keycloak(_time.Now, "monailabel-user", "monailabel-admin");
        Assert.Equal(200, (await GetAsync(server, "/info/", _provider.Sign(payload))).Status);
        var (status, body) = await GetAsync(server, "/info/", Spoil(payload, fault));
        Assert.Equal((401, """{"detail":"Could not validate credentials"}"""), (status, body));
    }

    [Theory]
    [InlineData("exp", -59, 200)]
    [InlineData("exp", -61, 401)]
    [InlineData("nbf", 59, 200)]
    [InlineData("nbf", 61, 401)]
    public async Task ClocksMayDifferByAMinute(string claim, int seconds, int status)
    {
        await using var server = await StartAsync();
        var payload = _provider.Keycloak(_time.Now, "monailabel-user");
        payload[claim] = _time.Now.AddSeconds(seconds).ToUnixTimeSeconds();
        Assert.Equal(status, (await GetAsync(server, "/info/", _provider.Sign(payload))).Status);
    }

    [Fact]
    public async Task NewSigningKey_IsFetched_ButForgedTokensDoNotFloodTheProvider()
    {
        await using var server = await StartAsync();
        Assert.Equal(200, (await GetAsync(server, "/info/", _provider.Sign(_provider.Keycloak(_time.Now, "monailabel-user")))).Status);
        using var stranger = RSA.Create(2048);
        for (var i = 0; i < 3; i++)
            Assert.Equal(401, (await GetAsync(server, "/info/", TestProvider.Sign(_provider.Keycloak(_time.Now, "monailabel-user"), stranger, $"unknown-{i}"))).Status);
        Assert.Equal(1, _provider.KeyRequests);

        _provider.Rotate();
        _time.Advance(31);
        Assert.Equal(200, (await GetAsync(server, "/info/", _provider.Sign(_provider.Keycloak(_time.Now, "monailabel-user")))).Status);
        Assert.Equal(2, _provider.KeyRequests);
    }

    [Fact]
    public async Task ProviderThatDoesNotAnswer_Is503_AndKeysStillWork()
    {
        await using var server = await StartAsync();
        _provider.IsBroken = true;
        var (status, body) = await GetAsync(server, "/info/", _provider.Sign(_provider.Keycloak(_time.Now, "monailabel-user")));
        Assert.Equal(503, status);
        Assert.Contains("identity provider", body, StringComparison.Ordinal);
        Assert.Equal(200, (await GetAsync(server, "/info/", TestKeys.Add(server.Studies, "ada", Role.User))).Status);
    }

    [Fact]
    public async Task LogIn_IsPassedOn_AndOnlyTheTokenComesBack()
    {
        await using var server = await StartAsync(("MONAI_LABEL_AUTH_SCOPE", "openid"));
        var (status, body) = await LogInAsync(server, "secret");
        Assert.Equal((200, """{"access_token":"token-of-ada","token_type":"Bearer"}"""), (status, body));
        Assert.Equal(
            new Dictionary<string, string> { ["client_id"] = "monailabel-app", ["username"] = "ada", ["password"] = "secret", ["grant_type"] = "password", ["scope"] = "openid" },
            _provider.LastLogIn);
    }

    [Fact]
    public async Task LogInThatTheProviderRefuses_Is401ThatPointsToKeys()
    {
        await using var server = await StartAsync();
        var (status, body) = await LogInAsync(server, "bad");
        Assert.Equal(401, status);
        Assert.All(["Invalid user credentials", "API key"], word => Assert.Contains(word, body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task KeyAsPassword_NeverReachesTheProvider()
    {
        await using var server = await StartAsync();
        Assert.Equal(200, (await LogInAsync(server, TestKeys.Add(server.Studies, "ada", Role.User))).Status);
        Assert.Equal(401, (await LogInAsync(server, "lsk_aaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")).Status);
        Assert.Empty(_provider.LastLogIn);
    }

    [Fact]
    public async Task Auth_TellsClientAndRealm()
    {
        await using var server = await StartAsync();
        Assert.Equal((200, $$"""{"enabled":true,"client_id":"monailabel-app","realm":"{{_provider.Realm}}"}"""), await GetAsync(server, "/auth/", null));
    }

    [Theory]
    [InlineData("http://id.hospital.example/realms/x", "MONAI_LABEL_AUTH_ALLOW_HTTP")]
    [InlineData("ldap://id", "no address")]
    public void RealmThatCannotBeTrusted_IsRefusedAtTheStart(string realm, string word)
    {
        var environment = new EnvironmentSettings(new Dictionary<string, string> { ["MONAI_LABEL_AUTH_ENABLE"] = "true", ["MONAI_LABEL_AUTH_REALM_URI"] = realm });
        var error = Assert.Throws<ServerOptionsException>(() => AuthSettings.From(new ServerOptions { AppFolder = "a", StudiesFolder = "s", Environment = environment }));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    private string Spoil(JsonObject payload, string fault)
    {
        using var stranger = RSA.Create(2048);
        switch (fault)
        {
            case "expired": payload["exp"] = _time.Now.AddMinutes(-5).ToUnixTimeSeconds(); break;
            case "not yet": payload["nbf"] = _time.Now.AddMinutes(5).ToUnixTimeSeconds(); break;
            case "no end": payload.Remove("exp"); break;
            case "wrong issuer": payload["iss"] = "https://evil.example/realms/test"; break;
            case "wrong audience": payload["azp"] = "payroll"; break;
            case "no audience": payload.Remove("azp"); payload.Remove("aud"); break;
            case "no name": payload.Remove("preferred_username"); payload.Remove("sub"); break;
            case "forged": return TestProvider.Sign(payload, stranger, _provider.KeyId);
            case "other key": return TestProvider.Sign(payload, stranger, "another");
            case "none": return TestProvider.Part(new JsonObject { ["alg"] = "none", ["typ"] = "JWT" }) + "." + TestProvider.Part(payload) + ".";
            case "cut": return _provider.Sign(payload)[..^2];
            case "HS256":
                // The public key, which everybody has, used as the secret of a symmetric signature.
                var content = TestProvider.Part(new JsonObject { ["alg"] = "HS256", ["typ"] = "JWT", ["kid"] = _provider.KeyId }) + "." + TestProvider.Part(payload);
                return content + "." + Base64UrlEncoder.Encode(HMACSHA256.HashData(Encoding.ASCII.GetBytes(_provider.Key.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(content)));
        }

        return _provider.Sign(payload);
    }

    private async Task<StoreServer> StartAsync(params (string Name, string Value)[] environment)
        => await StoreServer.StartAsync(_time, null, [("MONAI_LABEL_AUTH_ENABLE", "true"), ("MONAI_LABEL_AUTH_REALM_URI", _provider.Realm), .. environment]);

    private static async Task<(int Status, string Body)> GetAsync(StoreServer server, string path, string? token)
    {
        using var answer = await server.Client.SendAsync(TestKeys.Request(HttpMethod.Get, path, token), Token);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private static async Task<(int Status, string Body)> LogInAsync(StoreServer server, string password)
    {
        using var answer = await server.Client.PostAsync("/auth/token", new FormUrlEncodedContent([new("username", "ada"), new("password", password)]), Token);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }
}
