using System.Text;
using System.Text.Json.Nodes;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;

namespace LabelServer.EndToEnd.Security;

/// <summary>A log-in with the very bytes of the unchanged panel: its client over <c>http.client</c>, and Slicer's own downloader (<c>urllib</c>) for the image.</summary>
public sealed class SlicerLogInTests
{
    [Fact]
    public async Task PanelWithAKeyAsPassword_LogsInTakesASampleAndSubmits_AndABareGetGetsThatImageOnly()
    {
        await using var server = await ServerProcess.StartAsync(new TestFolder());
        await server.AddImageAsync("a", NiftiBytes.Ct([6, 5, 4]), "a.nii");
        await server.AddImageAsync("b", NiftiBytes.Ct([6, 5, 4]), "b.nii");
        var key = await Keys.AddAsync(server.Studies, "ada", "annotator");

        // Each call of the panel begins with this question.
        var (head, body) = await ClientAsync(server, "GET", "/auth/", null);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.True(Json(body)["enabled"]!.GetValue<bool>());
        (head, _) = await ClientAsync(server, "GET", "/auth/token/valid", "Bearer None");
        Assert.StartsWith("HTTP/1.1 401 ", head, StringComparison.Ordinal);

        var form = $"username=user&password={key}&grant_type=password";
        (head, body) = await ClientAsync(server, "POST", "/auth/token", null, "application/x-www-form-urlencoded", Encoding.ASCII.GetBytes(form));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        var token = $"{Json(body)["token_type"]} {Json(body)["access_token"]}";
        Assert.DoesNotContain(key, token, StringComparison.Ordinal);

        (head, body) = await ClientAsync(server, "GET", "/auth/token/valid", token);
        Assert.Equal("ada", Json(body)["username"]!.GetValue<string>());
        (head, _) = await ClientAsync(server, "GET", "/info/", token);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);

        (_, body) = await ClientAsync(server, "POST", "/activelearning/first", token, "application/json", "{\"client_id\":\"user-xyz\"}"u8.ToArray());
        var id = Json(body)["id"]!.GetValue<string>();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await BareAsync(server, $"/datastore/image?image={id}"), StringComparison.Ordinal);
        foreach (var path in new[] { $"/datastore/image?image={(id == "a" ? "b" : "a")}", $"/datastore/image/info?image={id}", "/datastore/?output=all", "/info/", $"/datastore/label?label={id}&tag=final" })
            Assert.StartsWith("HTTP/1.1 401 ", await BareAsync(server, path), StringComparison.Ordinal);

        // A reused client repeats the headers of its last POST on a GET, without a body.
        (head, _) = await RawClient.SendAsync(
            server.Address,
            $"GET /train/?check_if_running=true HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAccept-Encoding: identity\r\nAuthorization: {token}\r\ncontent-type: application/json\r\ncontent-length: 25\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404 ", head, StringComparison.Ordinal);

        var label = await Form.File("label", "/tmp/s/tmpabc.nii", NiftiBytes.UInt8([6, 5, 4]), "{\"label_info\":[],\"client_id\":\"user-xyz\"}").ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        (head, _) = await ClientAsync(server, "PUT", $"/datastore/label?image={id}", token, "multipart/form-data; boundary=----------lImIt_of_THE_fIle_eW_$", label);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);

        // The audit log has it all, and neither key nor token.
        var audit = await File.ReadAllTextAsync(Path.Combine(server.Studies, ".labelserver", "audit", "audit.jsonl"), TestContext.Current.CancellationToken);
        var entries = audit.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(
            ["image.add admin ok", "image.add admin ok", "auth.token ada ok", "image.read-without-token  ok", "label.save ada ok"],
            entries.Select(e => $"{e["action"]} {e["user"]} {e["outcome"]}"));
        Assert.All(entries, e => Assert.Equal("127.0.0.1", e["address"]!.GetValue<string>()));
        Assert.DoesNotContain(key, audit, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Split(' ')[1], audit, StringComparison.Ordinal);
        Assert.DoesNotContain(key, server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyRevokedWhileInUse_EndsItsTokensToo()
    {
        await using var server = await ServerProcess.StartAsync(new TestFolder());
        var ada = await Keys.AddAsync(server.Studies, "ada", "annotator");
        var grace = await Keys.AddAsync(server.Studies, "grace", "user");
        var body = await server.SendAsync(HttpMethod.Post, "/auth/token", new FormUrlEncodedContent([new("username", "x"), new("password", ada)]));
        var token = JsonNode.Parse(body)!["access_token"]!.GetValue<string>();
        Assert.Equal("200 200 200", $"{await StatusAsync(server, ada)} {await StatusAsync(server, token)} {await StatusAsync(server, grace)}");
        await Keys.RevokeAsync(server.Studies, ada);
        Assert.Equal("401 401 200", $"{await StatusAsync(server, ada)} {await StatusAsync(server, token)} {await StatusAsync(server, grace)}");
    }

    private static JsonNode Json(byte[] body) => JsonNode.Parse(body)!;

    private static async Task<int> StatusAsync(ServerProcess server, string token)
    {
        using var answer = await server.Client.SendAsync(Keys.Request(HttpMethod.Get, "/info/", token), TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    // Python's http.client: these headers, in this order.
    private static Task<(string Head, byte[] Body)> ClientAsync(ServerProcess server, string method, string path, string? token, string? type = null, byte[]? body = null)
        => RawClient.SendAsync(
            server.Address,
            $"{method} {path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAccept-Encoding: identity\r\n"
            + (body is null ? string.Empty : $"Content-Length: {body.Length}\r\n")
            + (token is null ? string.Empty : $"Authorization: {token}\r\n")
            + (type is null ? string.Empty : $"content-type: {type}\r\n")
            + "\r\n",
            body);

    // Slicer's downloader: urllib.request.
    private static async Task<string> BareAsync(ServerProcess server, string path)
        => (await RawClient.SendAsync(server.Address, $"GET {path} HTTP/1.1\r\nAccept-Encoding: identity\r\nHost: {server.Address.Authority}\r\nUser-Agent: Python-urllib/3.9\r\nConnection: close\r\n\r\n")).Head;
}
