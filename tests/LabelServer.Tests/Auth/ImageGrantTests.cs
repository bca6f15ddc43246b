using System.Net;
using System.Text.Json.Nodes;
using LabelServer.Auth;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Auth;

/// <summary>The panel downloads the image of a next-sample answer without any header: that one, from there, for five minutes, and nothing else.</summary>
public sealed class ImageGrantTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ImageOfTheAnswer_MayBeFetchedBare_AndNothingElse()
    {
        await using var server = await StartAsync();
        var key = TestKeys.Add(server.Studies, "ada", Role.User);
        Assert.Equal(401, await BareAsync(server, "/datastore/image?image=a"));
        var id = await NextAsync(server, key);
        var other = id == "a" ? "b" : "a";
        Assert.Equal(200, await BareAsync(server, $"/datastore/image?image={id}"));
        Assert.Equal(401, await BareAsync(server, $"/datastore/image?image={other}"));
        Assert.Equal(401, await BareAsync(server, $"/datastore/image?image={id}&image={other}"));
        Assert.Equal(401, await BareAsync(server, $"/datastore/image/info?image={id}"));
        Assert.Equal(401, await BareAsync(server, $"/datastore/label?label={id}&tag=final"));
        using var head = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/datastore/image?image={id}"), Token);
        Assert.Equal(401, (int)head.StatusCode);
        using var wrong = await server.Client.SendAsync(TestKeys.Request(HttpMethod.Get, $"/datastore/image?image={id}", "lsk_wrong"), Token);
        Assert.Equal(401, (int)wrong.StatusCode);
    }

    [Fact]
    public async Task Grant_LapsesAfterFiveMinutes()
    {
        await using var server = await StartAsync();
        var id = await NextAsync(server, TestKeys.Add(server.Studies, "ada", Role.User));
        server.Time.Advance(299);
        Assert.Equal(200, await BareAsync(server, $"/datastore/image?image={id}"));
        server.Time.Advance(2);
        Assert.Equal(401, await BareAsync(server, $"/datastore/image?image={id}"));
    }

    [Fact]
    public async Task Grant_HoldsForTheAddressThatAsked()
    {
        var settings = new AuthSettings { KeysFile = "unused" };
        var grants = new ImageGrants(settings, new ManualTime());
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("::ffff:10.0.0.7");
        grants.Allow(context, "a");
        Assert.Null(grants.GrantedTo("a", IPAddress.Parse("10.0.0.7")));
        context.User = UserClaims.Create("key", "ada", null, null, [Role.User], []);
        grants.Allow(context, "a");
        Assert.Equal("ada", grants.GrantedTo("a", IPAddress.Parse("10.0.0.7")));
        Assert.Null(grants.GrantedTo("a", IPAddress.Parse("10.0.0.8")));
        Assert.Null(grants.GrantedTo("b", IPAddress.Parse("10.0.0.7")));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Grant_CanBeSwitchedOff()
    {
        await using var server = await StartAsync(("MONAI_LABEL_AUTH_IMAGE_SECONDS", "0"));
        var id = await NextAsync(server, TestKeys.Add(server.Studies, "ada", Role.User));
        Assert.Equal(401, await BareAsync(server, $"/datastore/image?image={id}"));
    }

    [Fact]
    public async Task BehindAProxyThatIsNotTrusted_NothingIsGranted()
    {
        // Every client would have the proxy's address.
        await using var server = await StartAsync();
        var id = await NextAsync(server, TestKeys.Add(server.Studies, "ada", Role.User));
        var request = new HttpRequestMessage(HttpMethod.Get, $"/datastore/image?image={id}");
        request.Headers.Add("X-Forwarded-For", "10.0.0.9");
        using var answer = await server.Client.SendAsync(request, Token);
        Assert.Equal(401, (int)answer.StatusCode);
    }

    [Fact]
    public async Task BehindATrustedProxy_TheClientsOwnAddressCounts()
    {
        await using var server = await StartAsync(("LABELSERVER_TRUSTED_PROXIES", "127.0.0.0/8"));
        var key = TestKeys.Add(server.Studies, "ada", Role.User);
        var next = TestKeys.Request(HttpMethod.Post, "/activelearning/first", key);
        next.Headers.Add("X-Forwarded-For", "10.0.0.9");
        using var answer = await server.Client.SendAsync(next, Token);
        var id = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["id"]!.GetValue<string>();
        Assert.Equal(401, await BareAsync(server, $"/datastore/image?image={id}"));
        var request = new HttpRequestMessage(HttpMethod.Get, $"/datastore/image?image={id}");
        request.Headers.Add("X-Forwarded-For", "10.0.0.9");
        using var image = await server.Client.SendAsync(request, Token);
        Assert.Equal(200, (int)image.StatusCode);
    }

    private static Task<StoreServer> StartAsync(params (string Name, string Value)[] environment) => StoreServer.StartAsync(
        studies =>
        {
            foreach (var name in new[] { "a", "b" })
                File.WriteAllBytes(Path.Combine(studies, name + ".nii.gz"), NiftiBytes.Image());
        },
        environment);

    private static async Task<string> NextAsync(StoreServer server, string key)
    {
        using var answer = await server.Client.SendAsync(TestKeys.Request(HttpMethod.Post, "/activelearning/first", key), Token);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["id"]!.GetValue<string>();
    }

    private static async Task<int> BareAsync(StoreServer server, string path)
    {
        using var answer = await server.Client.GetAsync(path, Token);
        return (int)answer.StatusCode;
    }
}
