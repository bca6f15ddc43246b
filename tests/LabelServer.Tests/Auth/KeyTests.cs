using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LabelServer.Auth;
using LabelServer.Auth.Keys;
using LabelServer.Hosting;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Auth;

public sealed class KeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstKey_ClosesARunningServer_AndTheLastOneRevokedDoesNotOpenIt()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal(200, await StatusAsync(server, null));
        var key = TestKeys.Add(server.StudiesFolder, "ada", Role.User);
        Assert.Equal(401, await StatusAsync(server, null));
        Assert.Equal(200, await StatusAsync(server, key));
        TestKeys.Revoke(server.StudiesFolder, key);
        Assert.Equal(401, await StatusAsync(server, key));
        Assert.Equal(401, await StatusAsync(server, null));
        File.Delete(TestKeys.FileOf(server.StudiesFolder));
        Assert.Equal(401, await StatusAsync(server, null));
    }

    [Fact]
    public async Task PasswordThatIsAKey_GivesATokenThatEndsWithTheKey()
    {
        await using var server = await RunningServer.StartAsync();
        var key = TestKeys.Add(server.StudiesFolder, "ada", Role.User);
        var token = await LogInAsync(server, key);
        Assert.Equal(200, await StatusAsync(server, token));
        var valid = await GetAsync(server, "/auth/token/valid", token);
        Assert.Equal("""{"username":"ada","email":null,"name":null,"roles":["monailabel-user"]}""", valid.ToJsonString());
        TestKeys.Revoke(server.StudiesFolder, key);
        Assert.Equal(401, await StatusAsync(server, token));
    }

    [Fact]
    public async Task Token_LapsesAfterItsHour()
    {
        await using var server = await StoreServer.StartAsync();
        var key = TestKeys.Add(server.Studies, "ada", Role.User);
        using var answer = await server.Client.PostAsync("/auth/token", Form(key), Token);
        var token = (await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!["access_token"]!.GetValue<string>();
        server.Time.Advance(3599);
        Assert.Equal(200, await StatusAsync(server.Client, token));
        server.Time.Advance(2);
        Assert.Equal(401, await StatusAsync(server.Client, token));
    }

    [Fact]
    public async Task Key_ThatHasEnded_IsRefused()
    {
        await using var server = await StoreServer.StartAsync();
        var key = TestKeys.Add(server.Studies, "ada", server.Time.Now.AddDays(1), Role.User);
        Assert.Equal(200, await StatusAsync(server.Client, key));
        server.Time.Advance(86_401);
        Assert.Equal(401, await StatusAsync(server.Client, key));
    }

    [Theory]
    [InlineData("lsk_")]
    [InlineData("wrong")]
    [InlineData("secret")]
    public async Task WrongPassword_Is401ThatPointsToKeys(string password)
    {
        await using var server = await RunningServer.StartAsync();
        TestKeys.Add(server.StudiesFolder, "ada", Role.User);
        using var answer = await server.Client.PostAsync("/auth/token", Form(password), Token);
        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.Contains("key", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyWithOneOtherLetter_IsRefused()
    {
        await using var server = await RunningServer.StartAsync();
        var key = TestKeys.Add(server.StudiesFolder, "ada", Role.User);
        Assert.Equal(401, await StatusAsync(server, key[..^1] + (key[^1] == 'a' ? 'b' : 'a')));
        Assert.Equal(401, await StatusAsync(server, key[..^1]));
    }

    [Fact]
    public async Task LogInForm_HasFastApisRules()
    {
        await using var server = await RunningServer.StartAsync();
        TestKeys.Add(server.StudiesFolder, "ada", Role.User);
        using var missing = await server.Client.PostAsync("/auth/token", new FormUrlEncodedContent([new("username", "user")]), Token);
        Assert.Equal("""{"detail":[{"type":"missing","loc":["body","password"],"msg":"Field required","input":null}]}""", await missing.Content.ReadAsStringAsync(Token));
        using var grant = await server.Client.PostAsync("/auth/token", new FormUrlEncodedContent([new("username", "u"), new("password", "p"), new("grant_type", "refresh_token")]), Token);
        Assert.Equal(422, (int)grant.StatusCode);
        using var json = await server.Client.PostAsync("/auth/token", JsonContent.Create(new { username = "u", password = "p" }), Token);
        Assert.Equal(422, (int)json.StatusCode);
    }

    [Fact]
    public async Task LogInForm_MayBeMultipart()
    {
        await using var server = await RunningServer.StartAsync();
        var key = TestKeys.Add(server.StudiesFolder, "ada", Role.User);
        var form = new MultipartFormDataContent { { new StringContent("user"), "username" }, { new StringContent(key), "password" }, { new StringContent("password"), "grant_type" } };
        using var answer = await server.Client.PostAsync("/auth/token", form, Token);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(200, await StatusAsync(server, (await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!["access_token"]!.GetValue<string>()));
    }

    [Fact]
    public async Task LogInForm_WithAFileOrTooLarge_IsRefused()
    {
        await using var server = await RunningServer.StartAsync();
        TestKeys.Add(server.StudiesFolder, "ada", Role.User);
        var file = new MultipartFormDataContent { { new StringContent("user"), "username" }, { new ByteArrayContent([1, 2, 3]), "password", "password.txt" } };
        using var refused = await server.Client.PostAsync("/auth/token", file, Token);
        Assert.Equal("""{"detail":[{"type":"missing","loc":["body","password"],"msg":"Field required","input":null}]}""", await refused.Content.ReadAsStringAsync(Token));
        var large = new MultipartFormDataContent { { new StringContent("user"), "username" }, { new StringContent(new string('x', 70_000)), "password" } };
        using var answer = await server.Client.PostAsync("/auth/token", large, Token);
        Assert.Equal(413, (int)answer.StatusCode);
    }

    [Fact]
    public void File_HoldsNoKeyAndIsItsOwnersOnly()
    {
        using var folder = new TemporaryFolder();
        var key = TestKeys.Add(folder.Path, "ada", Role.Admin);
        var path = TestKeys.FileOf(folder.Path);
        Assert.DoesNotContain(key.Split('_')[2], File.ReadAllText(path), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"version": 2, "keys": []}""")]
    [InlineData("""{"version": 1, "keys": [{"id": "x"}]}""")]
    public async Task DamagedFile_LetsNobodyInAndTheLogSaysWhy(string text)
    {
        await using var server = await RunningServer.StartAsync();
        var key = TestKeys.Add(server.StudiesFolder, "ada", Role.Admin);
        await File.WriteAllTextAsync(TestKeys.FileOf(server.StudiesFolder), text, Token);
        Assert.Equal(401, await StatusAsync(server, key));
        Assert.Throws<KeyFileException>(() => KeyFile.Read(TestKeys.FileOf(server.StudiesFolder)));
        Assert.Contains("No key is accepted", await File.ReadAllTextAsync(Path.Combine(server.StudiesFolder, ".labelserver", "logs", "app.log"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public void AddressOfTheNetwork_NeedsAKeyOrAProviderOrInsecure()
    {
        using var folder = new TemporaryFolder();
        var arguments = new StartServerArguments { App = Path.Combine(LabelServer.Testing.SharedFolders.Repository, "apps", "monaibundle"), Studies = folder.Path, Host = "0.0.0.0" };
        Assert.Contains("--insecure", Assert.Throws<ServerOptionsException>(() => ServerOptionsBuilder.Build(arguments, EnvironmentSettings.Empty)).Message, StringComparison.Ordinal);
        ServerOptionsBuilder.Build(arguments with { Insecure = true }, EnvironmentSettings.Empty);
        ServerOptionsBuilder.Build(arguments, new EnvironmentSettings(new Dictionary<string, string> { ["MONAI_LABEL_AUTH_ENABLE"] = "true" }));
        TestKeys.Add(folder.Path, "ada", Role.User);
        ServerOptionsBuilder.Build(arguments, EnvironmentSettings.Empty);
    }

    private static FormUrlEncodedContent Form(string password) => new([new("username", "user"), new("password", password), new("grant_type", "password")]);

    private static async Task<string> LogInAsync(RunningServer server, string key)
    {
        using var answer = await server.Client.PostAsync("/auth/token", Form(key), Token);
        var json = (await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!;
        Assert.Equal(["access_token", "token_type"], json.Select(p => p.Key));
        Assert.Equal("Bearer", json["token_type"]!.GetValue<string>());
        return json["access_token"]!.GetValue<string>();
    }

    private static async Task<JsonNode> GetAsync(RunningServer server, string path, string token)
    {
        using var answer = await server.Client.SendAsync(TestKeys.Request(HttpMethod.Get, path, token), Token);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!;
    }

    private static Task<int> StatusAsync(RunningServer server, string? token) => StatusAsync(server.Client, token);

    private static async Task<int> StatusAsync(HttpClient client, string? token)
    {
        using var answer = await client.SendAsync(TestKeys.Request(HttpMethod.Get, "/info/", token), Token);
        return (int)answer.StatusCode;
    }
}
