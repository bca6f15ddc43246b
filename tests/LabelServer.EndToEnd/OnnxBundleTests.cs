using System.Net;
using LabelServer.Bundles.History;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;
using LabelServer.Testing;

namespace LabelServer.EndToEnd;

/// <summary>A network leaves as ONNX, comes back as a bundle of its own, and breaks on the way: with the real programs.</summary>
public sealed class OnnxBundleTests
{
    private const int HeaderBytes = 352;

    [Fact]
    public async Task ExportedModel_AsABundle_Segments_AndWhenItIsBrokenTheNextRequestWorks()
    {
        var folder = new TestFolder();
        var models = Path.Combine(folder.Path, "models");
        SegmentationBundle.Write(Path.Combine(models, "source"), coarse: false);
        SegmentationBundle.Write(Path.Combine(models, "travelled"), fine: false, coarse: false);
        var file = Path.Combine(models, "travelled", "models", "model.onnx");

        var (code, output) = await ServerProgram.RunAsync("models", "export", "source", "--models_dir", models, "--output", file);

        Assert.True(code == 0, output);
        Assert.Contains("operator set 17", output, StringComparison.Ordinal);
        Assert.Contains("differ from libtorch", output, StringComparison.Ordinal);

        await using var server = await ServerProcess.StartAsync(folder, ["--conf", "models", "source,travelled", "--conf", "models_dir", models]);
        await server.AddImageAsync("image", NiftiBytes.Ct([20, 18, 16]), "x.nii");
        var original = await Infer(server, "source", """{"highres":true,"precision":"float32","result_extension":".nii"}""", "image");
        var travelled = await Infer(server, "travelled", """{"highres":true,"result_extension":".nii"}""", "image");
        Assert.InRange(ShareOfEqual(original[HeaderBytes..], travelled[HeaderBytes..]), 0.999, 1);
        var json = System.Text.Encoding.UTF8.GetString(await Infer(server, "travelled", """{"highres":true}""", "json"));
        Assert.Contains("\"device\":\"cpu\"", json, StringComparison.Ordinal);

        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(file, bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        var detail = await server.RefusedAsync(HttpMethod.Post, "/infer/travelled?image=image", Form.Params("""{"highres":true}"""), HttpStatusCode.Conflict);
        Assert.Contains("no ONNX model, or it is cut short", detail, StringComparison.Ordinal);

        await Infer(server, "source", """{"highres":true}""", "image");
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        await Infer(server, "travelled", """{"highres":true}""", "image");
    }

    [Fact]
    public async Task ExportOfAVersion_WritesThoseWeightsAndNotTheServedOnes()
    {
        using var folder = new TestFolder();
        var models = Path.Combine(folder.Path, "models");
        var source = Path.Combine(models, "source");
        SegmentationBundle.Write(source, coarse: false);
        var history = new WeightsHistory(source, SegmentationBundle.FineWeights, TimeProvider.System);
        await history.PublishAsync(
            (path, _) =>
            {
                SegmentationBundle.WriteWeights(path, seed: 7);
                return Task.CompletedTask;
            },
            new PublishedWeights(1, null, [], 1, 0),
            TestContext.Current.CancellationToken);
        var (served, first) = (Path.Combine(folder.Path, "served.onnx"), Path.Combine(folder.Path, "first.onnx"));

        var newest = await ServerProgram.RunAsync("models", "export", "source", "--models_dir", models, "--output", served);
        var version = await ServerProgram.RunAsync("models", "export", "source", "--version", "0", "--models_dir", models, "--output", first);
        var missing = await ServerProgram.RunAsync("models", "export", "source", "--version", "9", "--models_dir", models, "--output", Path.Combine(folder.Path, "none.onnx"));

        Assert.True(newest.ExitCode + version.ExitCode == 0, newest.Output + version.Output);
        Assert.Contains("version 0 of model.safetensors", version.Output, StringComparison.Ordinal);
        Assert.Equal(new FileInfo(served).Length, new FileInfo(first).Length);
        Assert.NotEqual(await File.ReadAllBytesAsync(served, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken));
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("There is no version 9", missing.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, "none.onnx")));
    }

    [Fact]
    public async Task Server_ToldToUseOnnxRuntime_RunsCheckpointsByIt()
    {
        var folder = new TestFolder();
        var models = Path.Combine(folder.Path, "models");
        SegmentationBundle.Write(Path.Combine(models, "source"), coarse: false);
        await using var server = await ServerProcess.StartAsync(folder, ["--conf", "models", "source", "--conf", "models_dir", models, "--conf", "runtime", "onnx"]);
        await server.AddImageAsync("image", NiftiBytes.Ct([20, 18, 16]), "x.nii");

        // libtorch would compute in bfloat16 here if it were asked.
        var json = System.Text.Encoding.UTF8.GetString(await Infer(server, "source", """{"precision":"bfloat16"}""", "json"));

        Assert.Contains("\"precision\":\"float32\"", json, StringComparison.Ordinal);
    }

    private static double ShareOfEqual(byte[] a, byte[] b)
    {
        Assert.Equal(a.Length, b.Length);
        return a.Zip(b, (x, y) => x == y ? 1.0 : 0).Average();
    }

    private static async Task<byte[]> Infer(ServerProcess server, string model, string parameters, string output)
    {
        using var answer = await server.Client.PostAsync($"/infer/{model}?image=image&output={output}", Form.Params(parameters), TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, System.Text.Encoding.UTF8.GetString(body));
        return body;
    }
}
