using System.IO.Compression;
using System.Net;
using System.Text;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;
using LabelServer.Testing;

namespace LabelServer.EndToEnd.BadInput;

/// <summary>Weights that are damaged, that ask for code, or that do not fit the network: told by name, and the server goes on.</summary>
public sealed class WeightsTests
{
    private const string Model = "wholeBody_ct_segmentation";

    public static TheoryData<string, string> Cases => new()
    {
        { "no weights at all", "model_lowres.pt" },
        { "other tensors", "convInit.conv.weight" },
        { "a pickle that calls os.system", "system" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Infer_WithSuchWeights_IsRefusedByName(string what, string words)
    {
        var folder = new TestFolder();
        var models = Path.Combine(folder.Path, "models");
        Copy(Path.Combine(SharedFolders.Repository, "models", Model), Path.Combine(models, Model));
        await File.WriteAllBytesAsync(Path.Combine(models, Model, "models", "model_lowres.pt"), Weights(what), TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(folder, ["--conf", "models", Model, "--conf", "models_dir", models]);
        await server.AddImageAsync("image", NiftiBytes.Ct([8, 8, 8]), "x.nii");

        using var answer = await server.Client.PostAsync($"/infer/{Model}?image=image", Form.Params("""{"highres":false}"""), TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.InRange((int)answer.StatusCode, 400, 599);
        Assert.Contains("\"detail\":\"", body, StringComparison.Ordinal);
        Assert.Contains(words, body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
        await server.SendAsync(HttpMethod.Get, "/info/");
    }

    [Fact]
    public async Task UploadedWeights_ThatHoldCode_AreRefusedAndTheFormerOnesStay()
    {
        var folder = new TestFolder();
        var models = Path.Combine(folder.Path, "models");
        Copy(Path.Combine(SharedFolders.Repository, "models", Model), Path.Combine(models, Model));
        await using var server = await ServerProcess.StartAsync(folder, ["--conf", "models", Model, "--conf", "models_dir", models]);
        var detail = await server.RefusedAsync(HttpMethod.Put, $"/model/{Model}", Form.File("file", "m.pt", Weights("a pickle that calls os.system")), HttpStatusCode.BadRequest);
        Assert.Contains("system", detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(models, Model, "models")), f => f.EndsWith(".pt", StringComparison.Ordinal));
    }

    private static byte[] Weights(string what) => what switch
    {
        "no weights at all" => [.. "These are no weights."u8],
        "other tensors" => Safetensors(),

        "a pickle that calls os.system" => TorchFileThatCallsSystem(),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    // A file of torch.save whose pickle is that of an object with __reduce__ returning (os.system, ("true",)).
    private static byte[] TorchFileThatCallsSystem()
    {
        byte[] pickle = [0x80, 2, .. "cposix\nsystem\n"u8, (byte)'X', 4, 0, 0, 0, .. "true"u8, 0x85, (byte)'R', (byte)'.'];
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in new[] { ("archive/data.pkl", pickle), ("archive/version", "3\n"u8.ToArray()) })
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return file.ToArray();
    }

    private static byte[] Safetensors()
    {
        var header = Encoding.ASCII.GetBytes("""{"some.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""");
        return [.. BitConverter.GetBytes((ulong)header.Length), .. header, 0, 0, 0x80, 0x3F];
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".pt", StringComparison.Ordinal)))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        Directory.CreateDirectory(Path.Combine(to, "models"));
    }
}
