using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Models;

public sealed class ModelEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_Model_IsTheWeightsFileUnderTheModelsName()
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.GetAsync("/model/tiny", Token);
        Assert.Equal("attachment; filename=\"tiny.pt\"", answer.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal(await File.ReadAllBytesAsync(Weights(server, "model.pt"), Token), await answer.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task GetInfo_Model_HasChecksumAndTime()
    {
        await using var server = await RunningServer.StartAsync();
        var info = await server.GetJsonAsync("/model/info/tiny?model_filename=model_lowres.pt");
        Assert.Equal("SHA256:" + Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Weights(server, "model_lowres.pt"), Token))), info!["checksum"]!.GetValue<string>());
        Assert.Equal(new DateTimeOffset(File.GetLastWriteTimeUtc(Weights(server, "model_lowres.pt"))).ToUnixTimeSeconds(), info["modified_time"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("GET", "/model/nosuch", "Model File NOT Found for nosuch")]
    [InlineData("GET", "/model/unfetched", "Model File NOT Found for unfetched")]
    [InlineData("GET", "/model/info/nosuch", "Model File NOT Found for nosuch")]
    [InlineData("DELETE", "/model/nosuch", "Model File NOT Found for nosuch")]
    [InlineData("PUT", "/model/nosuch", "Model File Name NOT configured for nosuch")]
    [InlineData("GET", "/model/tiny?model_filename=..%2F..%2Fconfigs%2Fmetadata.json", "Model File NOT Found for tiny")]
    public async Task UnknownModelOrFile_Is404(string method, string path, string detail)
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Token);
        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Equal(detail, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task Put_SomethingElseThanWeights_IsRefusedAndChangesNothing()
    {
        await using var server = await RunningServer.StartAsync();
        var before = await File.ReadAllBytesAsync(Weights(server, "model.pt"), Token);
        using var answer = await server.Client.PutAsync("/model/tiny", Upload([.. "not weights"u8]), Token);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal(before, await File.ReadAllBytesAsync(Weights(server, "model.pt"), Token));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(server.ModelFolder, "models")).Length);
    }

    [Fact]
    public async Task Put_OtherTensors_AreRefusedByName()
    {
        await using var server = await RunningServer.StartAsync();
        using var answer = await server.Client.PutAsync("/model/tiny", Upload(TinyBundle.Weights(3, "other.weight")), Token);
        Assert.Equal(409, (int)answer.StatusCode);
        var detail = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["detail"]!.GetValue<string>();
        Assert.Contains("it lacks conv.weight [2]; it has other.weight [2]", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_Weights_ReplacesThemAndKeepsTheFormerOnes()
    {
        await using var server = await RunningServer.StartAsync();
        var before = await File.ReadAllBytesAsync(Weights(server, "model.pt"), Token);
        using var answer = await server.Client.PutAsync("/model/tiny", Upload(TinyBundle.Weights(3)), Token);
        Assert.Equal("SHA256:" + Convert.ToHexStringLower(SHA256.HashData(TinyBundle.Weights(3))), JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["checksum"]!.GetValue<string>());
        Assert.Equal(TinyBundle.Weights(3), await File.ReadAllBytesAsync(Weights(server, "model.pt"), Token));
        var kept = Assert.Single(Directory.GetFiles(Path.Combine(server.ModelFolder, "models"), "*.replaced"));
        Assert.Equal(before, await File.ReadAllBytesAsync(kept, Token));
    }

    [Fact]
    public async Task Delete_Weights_RenamesThemAndTheModelIsGoneFromInfo()
    {
        await using var server = await RunningServer.StartAsync();
        using var first = await server.Client.DeleteAsync("/model/tiny", Token);
        using var again = await server.Client.DeleteAsync("/model/tiny", Token);
        using var second = await server.Client.DeleteAsync("/model/tiny?model_filename=model_lowres.pt", Token);
        Assert.Equal("{}", await first.Content.ReadAsStringAsync(Token));
        Assert.Equal(404, (int)again.StatusCode);
        Assert.Contains("model_lowres.pt", await again.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(200, (int)second.StatusCode);
        Assert.All(Directory.GetFiles(Path.Combine(server.ModelFolder, "models")), f => Assert.Matches(@"\.\d{8}_\d{6}\.deleted$", f));
        Assert.Empty((await server.GetJsonAsync("/info/"))!["models"]!.AsObject());
        using var infer = await server.Client.PostAsync("/infer/tiny?image=scan+1", null, Token);
        Assert.Equal(409, (int)infer.StatusCode);
    }

    private static MultipartFormDataContent Upload(byte[] bytes) => new() { { new ByteArrayContent(bytes), "file", "m.pt" } };

    private static string Weights(RunningServer server, string name) => Path.Combine(server.ModelFolder, "models", name);
}
