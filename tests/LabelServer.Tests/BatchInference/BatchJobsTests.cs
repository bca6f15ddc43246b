using System.Text.Json.Nodes;
using LabelServer.BatchInference;
using LabelServer.Errors;
using LabelServer.Inference;
using LabelServer.Jobs;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.DependencyInjection;

namespace LabelServer.Tests.BatchInference;

public sealed class BatchJobsTests
{
    [Fact]
    public async Task ABatch_InfersAll_SavesUnderTheTag_AndOneFailureDoesNotStopIt()
    {
        await using var server = await StartAsync();
        Dispatcher(server).Result = NiftiBytes.Label(1, 2);
        Dispatcher(server).Before = (job, _) => job.ImageName == "b" ? throw new ImageRefusedException("b is no image that this model takes.") : Task.CompletedTask;
        var lines = new List<string>();
        var result = await RunAsync(server, """{"model":"m","images":"all","label_tag":"pred","multi_gpu":true,"gpus":"all","device":"cuda","client_id":"me"}""", lines);
        Assert.Equal(["a", "b", "c"], result.Select(r => r.Key));
        Assert.Equal(("a", "pred"), ((string)result["a"]!["label"]!, (string)result["a"]!["tag"]!));
        Assert.Contains("no image", (string)result["b"]!["error"]!, StringComparison.Ordinal);
        Assert.NotNull(server.Store.FindImage("c")!.FindLabel("pred"));
        Assert.Equal("me", server.Store.FindImage("c")!.FindLabel("pred")!.Info.GetText("client_id"));
        Assert.Contains("2 of 3: b: failed: b is no image that this model takes.", lines);
        Assert.Contains("2 images inferred, 1 failed.", lines);
    }

    [Theory]
    [InlineData("""{"model":"m","images":"labeled"}""", "a")]
    [InlineData("""{"model":"m","images":"unlabeled","max_batch_size":1}""", "b")]
    [InlineData("""{"model":"m","images":["c","a"]}""", "a c")]
    [InlineData("""{"model":"m","images":"all","max_batch_size":2}""", "a b")]
    public async Task WhichImages_FollowsTheRequest(string request, string expected)
    {
        await using var server = await StartAsync();
        using (var received = await server.Store.ReceiveAsync(new MemoryStream(NiftiBytes.Label(1)), "l.nii.gz", TestContext.Current.CancellationToken))
            await server.Store.SaveLabelAsync(new("a", received), TestContext.Current.CancellationToken);
        Dispatcher(server).Result = NiftiBytes.Label(1, 2);
        var result = await RunAsync(server, request.Replace("}", ""","save_label":false}""", StringComparison.Ordinal), []);
        Assert.Equal(expected, string.Join(' ', result.Select(r => r.Key)));
        Assert.Null(server.Store.FindImage("b")!.FindLabel("original"));
    }

    [Fact]
    public async Task AFullQueue_IsWaitedFor()
    {
        await using var server = await StartAsync();
        Dispatcher(server).Result = NiftiBytes.Label(1, 2);
        var refused = 0;
        Dispatcher(server).Before = (_, _) => refused++ == 0 ? throw new InferenceQueueFullException("Full.", TimeSpan.FromMilliseconds(1)) : Task.CompletedTask;
        var result = await RunAsync(server, """{"model":"m","images":["a"]}""", []);
        Assert.Equal("original", (string)result["a"]!["tag"]!);
        Assert.Equal(2, refused);
    }

    [Fact]
    public async Task Stopping_EndsBetweenImages_AndKeepsWhatIsDone()
    {
        await using var server = await StartAsync();
        Dispatcher(server).Result = NiftiBytes.Label(1, 2);
        using var stop = new CancellationTokenSource();
        Dispatcher(server).Before = (job, _) => job.ImageName == "b" ? stop.CancelAsync() : Task.CompletedTask;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(server, """{"model":"m","images":"all"}""", [], stop.Token));
        Assert.NotNull(server.Store.FindImage("a")!.FindLabel("original"));
        Assert.Null(server.Store.FindImage("c")!.FindLabel("original"));
    }

    [Theory]
    [InlineData("""{"model":"m","images":[1]}""")]
    [InlineData("""{"model":"m","images":"all","max_batch_size":-1}""")]
    [InlineData("""{"model":"m","images":"all","save_label":"perhaps"}""")]
    public void AParameterThatMakesNoSense_IsRefused(string request) => Assert.Throws<BadRequestException>(() => BatchRequest.Read((JsonObject)JsonNode.Parse(request)!));

    private static ScriptedDispatcher Dispatcher(StoreServer server) => (ScriptedDispatcher)server.Services.GetRequiredService<IInferenceDispatcher>();

    private static Task<StoreServer> StartAsync() => StoreServer.StartAsync(studies =>
    {
        foreach (var id in new[] { "a", "b", "c" })
            File.WriteAllBytes(Path.Combine(studies, id + ".nii.gz"), NiftiBytes.Image());
    });

    private static async Task<JsonObject> RunAsync(StoreServer server, string request, List<string> lines, CancellationToken? token = null)
    {
        var jobs = server.Services.GetRequiredService<BatchJobs>();
        return (JsonObject)(await jobs.RunAsync(new JobContext("1", (JsonObject)JsonNode.Parse(request)!, false, lines.Add, CancellationToken.None), token ?? TestContext.Current.CancellationToken))!;
    }
}
