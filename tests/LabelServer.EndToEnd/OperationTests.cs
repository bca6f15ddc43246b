using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;
using LabelServer.EndToEnd.Security;

namespace LabelServer.EndToEnd;

/// <summary>What an operator relies on, in the real program.</summary>
public sealed class OperationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HealthAndMetrics_AnswerAndOnlyTheFirstWithoutLogIn()
    {
        await using var server = await ServerProcess.StartAsync(new TestFolder());
        await server.AddImageAsync("a", NiftiBytes.Ct([6, 5, 4]), "a.nii");
        Assert.Equal(1, (await server.GetJsonAsync("/health/ready"))["images"]!.GetValue<int>());
        var metrics = await server.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Contains("\nlabelserver_images 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("http_route=\"/datastore/\"", metrics, StringComparison.Ordinal);
        Assert.Contains("labelserver_inference_waiting 0", metrics, StringComparison.Ordinal);

        var reader = await Keys.AddAsync(server.Studies, "prometheus", "read-only");
        Assert.Equal("""{"status":"live"}""", await server.SendAsync(HttpMethod.Get, "/health/live"));
        Assert.Equal("""{"status":"ready"}""", await server.SendAsync(HttpMethod.Get, "/health/ready"));
        await server.SendAsync(HttpMethod.Get, "/metrics", status: System.Net.HttpStatusCode.Unauthorized);
        using var answer = await server.Client.SendAsync(Keys.Request(HttpMethod.Get, "/metrics", reader), Token);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task AuditLines_SurviveAKill()
    {
        var folder = new TestFolder();
        await using var server = await ServerProcess.StartAsync(folder);
        await server.AddImageAsync("a", NiftiBytes.Ct([6, 5, 4]), "a.nii");
        await server.SendAsync(HttpMethod.Put, "/datastore/label?image=a", Form.File("label", "l.nii", NiftiBytes.UInt8([6, 5, 4]), "{}"));
        server.Kill();
        var lines = await File.ReadAllLinesAsync(Path.Combine(server.Studies, ".labelserver", "audit", "audit.jsonl"), Token);
        Assert.Equal(["image.add", "label.save"], lines.Select(l => JsonNode.Parse(l)!["action"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Tls_ServesTheCertificateThatWasGiven()
    {
        var folder = new TestFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var (certificateFile, keyFile) = (Path.Combine(folder.Path, "cert.pem"), Path.Combine(folder.Path, "key.pem"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem(), Token);
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), Token);
        await using var server = await ServerProcess.StartAsync(folder, ["--ssl_certfile", certificateFile, "--ssl_keyfile", keyFile]);
        Assert.Equal("https", server.Address.Scheme);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString() },
        });
        Assert.Contains("live", await client.GetStringAsync(new Uri(server.Address, "/health/live"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BehindAProxyUnderASubPath_AddressesSchemeAndPathAreThoseOfTheClient()
    {
        var environment = new Dictionary<string, string> { ["MONAI_LABEL_API_STR"] = "/labels", ["LABELSERVER_TRUSTED_PROXIES"] = "127.0.0.1", ["MONAI_LABEL_CORS_ORIGINS"] = string.Empty };
        await using var server = await ServerProcess.StartAsync(new TestFolder(), ["--allowed-hosts", "annotate.hospital.example"], environment);
        Task<(string Head, byte[] Body)> SendAsync(string method, string path, string headers, byte[]? body = null) => RawClient.SendAsync(
            server.Address,
            $"{method} {path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nX-Forwarded-For: 10.1.2.3\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: annotate.hospital.example\r\n{headers}\r\n",
            body);

        // The page's own origin is the proxy's https address, not the http one on which the server listens.
        var (head, _) = await SendAsync("GET", "/labels/info/", "Origin: https://annotate.hospital.example\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        (head, _) = await SendAsync("GET", "/labels/info/", "Origin: http://annotate.hospital.example\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", head, StringComparison.Ordinal);

        var image = await Form.File("file", "a.nii", NiftiBytes.Ct([6, 5, 4])).ReadAsByteArrayAsync(Token);
        (head, _) = await SendAsync("PUT", "/labels/datastore/?image=a", $"Content-Type: multipart/form-data; boundary=----------lImIt_of_THE_fIle_eW_$\r\nContent-Length: {image.Length}\r\n", image);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        var line = (await File.ReadAllLinesAsync(Path.Combine(server.Studies, ".labelserver", "audit", "audit.jsonl"), Token)).Single();
        Assert.Equal("10.1.2.3", JsonNode.Parse(line)!["address"]!.GetValue<string>());

        // A proxy that takes the sub-path away says so in a header; links then lead back through it.
        var (_, page) = await SendAsync("GET", "/docs", "X-Forwarded-Prefix: /annotate\r\n");
        Assert.Contains("\"/annotate/openapi.json\"", Encoding.UTF8.GetString(page), StringComparison.Ordinal);
        var (_, sample) = await SendAsync("POST", "/labels/activelearning/first", "X-Forwarded-Prefix: /annotate\r\nContent-Length: 0\r\n");
        var link = JsonNode.Parse(sample)!["path"]!.GetValue<string>();
        Assert.Equal("/annotate/labels/datastore/image?image=a", link);
        (_, var bytes) = await SendAsync("GET", link["/annotate".Length..], string.Empty);
        Assert.Equal(NiftiBytes.Ct([6, 5, 4]), bytes);

        // A client on the proxy's machine is not on this one. The first image is reserved for the other client.
        (head, _) = await SendAsync("PUT", "/labels/datastore/?image=b", $"Content-Type: multipart/form-data; boundary=----------lImIt_of_THE_fIle_eW_$\r\nContent-Length: {image.Length}\r\n", image);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        (_, sample) = await RawClient.SendAsync(
            server.Address,
            $"POST /labels/activelearning/first HTTP/1.1\r\nHost: {server.Address.Authority}\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: annotate.hospital.example\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal("/labels/datastore/image?image=b", JsonNode.Parse(sample)!["path"]!.GetValue<string>());
    }

    [Fact]
    public async Task HeadersOfAStranger_AreNotBelieved()
    {
        await using var server = await ServerProcess.StartAsync(new TestFolder(), environment: new Dictionary<string, string> { ["LABELSERVER_TRUSTED_PROXIES"] = "10.0.0.0/8" });
        var image = await Form.File("file", "a.nii", NiftiBytes.Ct([6, 5, 4])).ReadAsByteArrayAsync(Token);
        await RawClient.SendAsync(
            server.Address,
            $"PUT /datastore/?image=a HTTP/1.1\r\nHost: {server.Address.Authority}\r\nX-Forwarded-For: 6.6.6.6\r\nContent-Type: multipart/form-data; boundary=----------lImIt_of_THE_fIle_eW_$\r\nContent-Length: {image.Length}\r\n\r\n",
            image);
        var line = (await File.ReadAllLinesAsync(Path.Combine(server.Studies, ".labelserver", "audit", "audit.jsonl"), Token)).Single();
        Assert.Equal("127.0.0.1", JsonNode.Parse(line)!["address"]!.GetValue<string>());
    }

    [Fact]
    public async Task StopDuringAnUpload_FinishesIt()
    {
        await using var server = await ServerProcess.StartAsync(new TestFolder());
        await server.AddImageAsync("a", NiftiBytes.Ct([6, 5, 4]), "a.nii");
        var form = await Form.File("label", "l.nii", NiftiBytes.UInt8([6, 5, 4]), "{}").ReadAsByteArrayAsync(Token);
        using var client = await RawClient.ConnectAsync(server.Address);
        await using var stream = client.GetStream();
        var head = $"PUT /datastore/label?image=a HTTP/1.1\r\nHost: {server.Address.Authority}\r\nContent-Type: multipart/form-data; boundary=----------lImIt_of_THE_fIle_eW_$\r\nContent-Length: {form.Length}\r\n\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head), Token);
        await stream.WriteAsync(form.AsMemory(0, form.Length / 2), Token);
        await UntilAsync(() => Task.FromResult(Directory.EnumerateFiles(Path.Combine(server.Studies, ".labelserver", "incoming")).Any()));
        var stopped = server.StopAsync();
        await UntilAsync(async () => !await AcceptsAsync(server.Address));
        await stream.WriteAsync(form.AsMemory(form.Length / 2), Token);
        var answer = new byte[4096];
        var count = await stream.ReadAsync(answer, Token);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", Encoding.Latin1.GetString(answer, 0, count), StringComparison.Ordinal);
        Assert.Equal(0, await stopped);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(server.Studies, "labels", "final")));
        Assert.Contains("label.save", (await File.ReadAllLinesAsync(Path.Combine(server.Studies, ".labelserver", "audit", "audit.jsonl"), Token))[^1], StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
            await Task.Delay(20, Token);
    }

    private static async Task<bool> AcceptsAsync(Uri address)
    {
        using var probe = new TcpClient();
        try
        {
            await probe.ConnectAsync(address.Host, address.Port, Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
