using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Sessions;

public sealed class SessionEndpointTests
{
    [Fact]
    public async Task ALife_FromPutToDelete()
    {
        await using var server = await StoreServer.StartAsync();
        var (status, made) = await server.SendAsync(HttpMethod.Put, "/session/?expiry=600", StoreServer.File("files", NiftiBytes.Image(), "a.nii.gz"));
        Assert.Equal(200, status);
        var id = (string)made!["session_id"]!;
        Assert.Equal(["name", "path", "image", "meta", "create_ts", "last_access_ts", "expiry"], made["session_info"]!.AsObject().Select(m => m.Key));
        Assert.True(File.Exists((string)made["session_info"]!["image"]!));

        server.Time.Advance(10);
        var (_, info) = await server.SendAsync(HttpMethod.Get, $"/session/{id}?update_ts=true");
        Assert.Equal(1_700_000_010, (long)info!["last_access_ts"]!);
        using (var image = await server.Client.GetAsync($"/session/{id}?image=true"))
        {
            Assert.Equal("application/octet-stream", image.Content.Headers.ContentType!.ToString());
            Assert.Equal("attachment; filename=\"a.nii.gz\"", image.Content.Headers.GetValues("Content-Disposition").Single());
            Assert.Equal(NiftiBytes.Image(), await image.Content.ReadAsByteArrayAsync());
        }

        Assert.Equal(id, (string)(await server.SendAsync(HttpMethod.Delete, $"/session/{id}")).Body!["name"]!);
        var (gone, detail) = await server.SendAsync(HttpMethod.Get, $"/session/{id}");
        Assert.Equal((404, $"Session ({id}) Not Found"), (gone, (string)detail!["detail"]!));
        (gone, detail) = await server.SendAsync(HttpMethod.Delete, $"/session/{id}");
        Assert.Equal((404, "Session Not Found"), (gone, (string)detail!["detail"]!));
    }

    [Fact]
    public async Task SeveralFiles_CannotBeSentAsOne()
    {
        await using var server = await StoreServer.StartAsync();
        using var form = StoreServer.File("files", [1], "a.dcm");
        form.Add(new ByteArrayContent([2]), "files", "b.dcm");
        form.Add(new StringContent("user"), "client_id");
        var (_, made) = await server.SendAsync(HttpMethod.Put, "/session/", form);
        var id = (string)made!["session_id"]!;
        Assert.Equal(2, Directory.GetFiles((string)made["session_info"]!["image"]!).Length);
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Get, $"/session/{id}?image=true")).Status);
    }

    [Fact]
    public async Task BadRequests_AreNamedAsFastApiDoes()
    {
        await using var server = await StoreServer.StartAsync();
        Assert.Equal(422, (await server.SendAsync(HttpMethod.Put, "/session/")).Status);
        Assert.Equal(422, (await server.SendAsync(HttpMethod.Put, "/session/?expiry=x", StoreServer.File("files", [1], "a"))).Status);
        Assert.Equal(422, (await server.SendAsync(HttpMethod.Get, "/session/x?update_ts=maybe")).Status);
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Put, "/session/?uncompress=true", StoreServer.File("files", [1], "a.rar"))).Status);
    }

    [Fact]
    public async Task SwitchedOff_Answers406()
    {
        await using var server = await StoreServer.StartAsync(null, ("MONAI_LABEL_SESSIONS", "false"));
        foreach (var (method, path) in new[] { (HttpMethod.Put, "/session/"), (HttpMethod.Get, "/session/x"), (HttpMethod.Delete, "/session/x") })
        {
            var (status, body) = await server.SendAsync(method, path);
            Assert.Equal((406, "Session Feature is Not Enabled"), (status, (string)body!["detail"]!));
        }
    }

    [Fact]
    public async Task OtherMachines_GetNoPaths()
    {
        await using var server = await StoreServer.StartAsync();
        server.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        var (_, made) = await server.SendAsync(HttpMethod.Put, "/session/", StoreServer.File("files", [1], "a.nii.gz"));
        Assert.Equal($"/session/{made!["session_id"]}?image=true", (string)made["session_info"]!["image"]!);
    }
}
