using LabelServer.Auth;
using LabelServer.Tests.Doubles;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace LabelServer.Tests.Auth;

/// <summary>Each endpoint with each role. The expectations are those of the protocol's table 3.3, written down here once more, not read from the server's own table.</summary>
public sealed class AccessTests
{
    private const string All = "ReadOnly User Annotator Reviewer Admin";
    private const string Readers = "ReadOnly User";

    private static readonly (string Method, string Path, string Allowed)[] Endpoints =
    [
        ("GET", "/", All + " Anonymous"),
        ("GET", "/favicon.ico", All + " Anonymous"),
        ("GET", "/docs", All + " Anonymous"),
        ("GET", "/docs/scalar.js", All + " Anonymous"),
        ("GET", "/openapi.json", All + " Anonymous"),
        ("GET", "/health/live", All + " Anonymous"),
        ("GET", "/health/ready", All + " Anonymous"),
        ("GET", "/auth/", All + " Anonymous"),
        ("GET", "/auth/token/valid", All),
        ("GET", "/metrics", Readers),
        ("GET", "/info/", Readers),
        ("POST", "/reload", "Admin"),
        ("GET", "/logs/", "Admin"),
        ("GET", "/logs/gpu", "Admin"),
        ("GET", "/logs/level", "Admin"),
        ("PUT", "/logs/level", "Admin"),
        ("POST", "/infer/tiny", "User"),
        ("POST", "/infer/wsi/tiny", "User"),
        ("POST", "/infer/wsi_v2/tiny", "User"),
        ("GET", "/batch/infer", Readers),
        ("POST", "/batch/infer/none", "Admin"),
        ("DELETE", "/batch/infer", "Admin"),
        ("GET", "/train/", Readers),
        ("POST", "/train/none", "Admin"),
        ("DELETE", "/train/", "Admin"),
        ("POST", "/activelearning/first", "User"),
        ("GET", "/scoring/", Readers),
        ("POST", "/scoring/none", "Annotator"),
        ("DELETE", "/scoring/", "Annotator"),
        ("GET", "/datastore/", Readers),
        ("PUT", "/datastore/", "Annotator"),
        ("DELETE", "/datastore/?id=none", "Admin"),
        ("GET", "/datastore/image?image=none", Readers),
        ("HEAD", "/datastore/image?image=none", Readers),
        ("PUT", "/datastore/image", "Annotator"),
        ("DELETE", "/datastore/image?id=none", "Admin"),
        ("GET", "/datastore/image/info?image=none", Readers),
        ("PUT", "/datastore/image/info?image=none", "Annotator"),
        ("GET", "/datastore/label?label=none&tag=final", Readers),
        ("HEAD", "/datastore/label?label=none&tag=final", Readers),
        ("PUT", "/datastore/label?image=none", "Annotator"),
        ("DELETE", "/datastore/label?id=none&tag=final", "Admin"),
        ("GET", "/datastore/label/info?label=none&tag=final", Readers),
        ("PUT", "/datastore/label/info?label=none&tag=final", "Annotator"),
        ("PUT", "/datastore/updatelabelinfo?label=none&tag=final", "Annotator"),
        ("GET", "/datastore/dataset", "Annotator"),
        ("PUT", "/session/", "User"),
        ("GET", "/session/none", "User"),
        ("DELETE", "/session/none", "User"),
        ("GET", "/model/none", "Admin"),
        ("GET", "/model/info/none", "Admin"),
        ("PUT", "/model/none", "Annotator"),
        ("DELETE", "/model/none", "Annotator"),
        ("GET", "/ohif/", "User"),
        ("GET", "/no/such/path", All + " Anonymous"),
        ("POST", "/info/", All + " Anonymous"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachEndpoint_IsOpenToItsRolesAndToNobodyElse()
    {
        await using var server = await StoreServer.StartAsync();
        var keys = Enum.GetValues<Role>().ToDictionary(r => r.ToString(), r => (string?)TestKeys.Add(server.Studies, $"the {r}", r));
        keys["Anonymous"] = null;
        var wrong = new List<string>();
        foreach (var (method, path, allowed) in Endpoints)
        {
            foreach (var (who, key) in keys)
            {
                using var answer = await server.Client.SendAsync(TestKeys.Request(new HttpMethod(method), path, key), Token);
                var isRefused = (int)answer.StatusCode is 401 or 403;
                var expected = allowed.Split(' ').Contains(who) ? "let in" : who == "Anonymous" ? "401" : "403";
                var found = isRefused ? $"{(int)answer.StatusCode}" : "let in";
                if (found != expected)
                    wrong.Add($"{who} {method} {path}: {expected} expected, {found} found");
                if (isRefused && (answer.Headers.WwwAuthenticate.ToString() == "Bearer") != (who == "Anonymous"))
                    wrong.Add($"{who} {method} {path}: WWW-Authenticate '{answer.Headers.WwwAuthenticate}'");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task EveryRoute_HasAPolicy()
    {
        await using var server = await RunningServer.StartAsync();
        var endpoints = server.Services<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().ToList();
        Assert.True(endpoints.Count > 40, $"{endpoints.Count} routes");
        var open = endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null && e.Metadata.GetMetadata<IAuthorizeData>()?.Policy is null);
        Assert.Empty(open.Select(e => $"{string.Join(' ', e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])} {e.RoutePattern.RawText}: say in Auth/AccessTable.cs, or by Require(…), who may use it"));
    }

    [Fact]
    public async Task EveryRouteThatChangesSomething_IsAudited()
    {
        // Asking for a sample and keeping an image for a session change no image, label, model or setting.
        string[] notRecorded = ["/activelearning/{strategy}", "/session/", "/session/{session_id}", "/proxy/dicom/{**path}", "/infer/wsi/{model}", "/infer/wsi_v2/{model}", "/live/negotiate"];
        await using var server = await RunningServer.StartAsync();
        var silent = server.Services<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Any(m => m is "PUT" or "POST" or "DELETE") is true)
            .Where(e => e.Metadata.GetMetadata<LabelServer.Audit.AuditedAction>() is null)
            .Select(e => e.RoutePattern.RawText!)
            .Except(notRecorded);
        Assert.Empty(silent);
    }

    [Fact]
    public async Task Refusals_SayWhatTheOriginalSays()
    {
        await using var server = await RunningServer.StartAsync();
        var reader = TestKeys.Add(server.StudiesFolder, "reader", Role.ReadOnly);
        Assert.Equal("""{"detail":"Not authenticated"}""", await BodyAsync(server, null));
        Assert.Equal("""{"detail":"Could not validate credentials"}""", await BodyAsync(server, "lsk_wrong"));
        Assert.Equal("""{"detail":"Could not validate credentials"}""", await BodyAsync(server, "eyJhbGciOiJub25lIn0.e30."));
        Assert.Equal("""{"detail":"Role \"monailabel-admin\" is required to perform this action"}""", await BodyAsync(server, reader));
    }

    [Fact]
    public async Task RefusalOfAListedPage_CarriesCorsHeaders()
    {
        await using var server = await RunningServer.StartAsync(o => o with { CorsOrigins = ["https://viewer.example"] });
        TestKeys.Add(server.StudiesFolder, "someone", Role.User);
        var request = TestKeys.Request(HttpMethod.Get, "/info/", null);
        request.Headers.Add("Origin", "https://viewer.example");
        using var answer = await server.Client.SendAsync(request, Token);
        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Equal("https://viewer.example", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Strangers_LearnNothingFromPageAndHealth()
    {
        await using var server = await RunningServer.StartAsync();
        TestKeys.Add(server.StudiesFolder, "someone", Role.User);
        Assert.DoesNotContain("tiny", await server.Client.GetStringAsync("/", Token), StringComparison.Ordinal);
        Assert.Equal("""{"status":"ready"}""", await server.Client.GetStringAsync("/health/ready", Token));
    }

    private static async Task<string> BodyAsync(RunningServer server, string? token)
    {
        using var answer = await server.Client.SendAsync(TestKeys.Request(HttpMethod.Get, "/logs/", token), Token);
        return await answer.Content.ReadAsStringAsync(Token);
    }
}
