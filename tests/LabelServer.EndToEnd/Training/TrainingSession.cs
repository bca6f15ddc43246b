using System.Numerics;
using System.Text.Json.Nodes;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;
using LabelServer.Testing;

namespace LabelServer.EndToEnd.Training;

/// <summary>A server with models that can be trained quickly, and what an annotator does with them.</summary>
internal sealed class TrainingSession : IAsyncDisposable
{
    public const string Model = "hippo";
    private readonly string[] _arguments;

    private TrainingSession(ServerProcess server, string[] arguments)
    {
        Server = server;
        _arguments = arguments;
    }

    public ServerProcess Server { get; private set; }

    public string ModelsFolder => Path.Combine(Server.Folder, "models");

    /// <summary>Starts a server.</summary>
    /// <param name="samples">Patches of each image in an epoch; many make epochs long.</param>
    /// <param name="models">The models, all with the same weights to begin with.</param>
    public static async Task<TrainingSession> StartAsync(int samples = 2, params string[] models)
    {
        var folder = new TestFolder();
        var names = models.Length == 0 ? [Model] : models;
        foreach (var name in names)
            TrainableBundle.Write(Path.Combine(folder.Path, "models", name), seed: 1, samples: samples);
        string[] arguments = ["--conf", "models", string.Join(',', names), "--conf", "models_dir", Path.Combine(folder.Path, "models")];
        return new TrainingSession(await ServerProcess.StartAsync(folder, arguments), arguments);
    }

    /// <summary>The server's process ends as in a power cut, and is started again.</summary>
    public async Task RestartAfterKillAsync() => Server = await Server.RestartAfterKillAsync(_arguments);

    public async Task SubmitAsync(LabelledScan scan)
    {
        await Server.AddImageAsync(scan.Id, scan.Image);
        await Server.SendAsync(HttpMethod.Put, $"/datastore/label?image={scan.Id}", Form.File("label", "/tmp/label.nii.gz", scan.Label, LabelledScan.LabelParameters));
    }

    public async Task<string> TrainAsync(string model, int epochs, double split = 0.2) =>
        (string)JsonNode.Parse(await Server.SendAsync(HttpMethod.Post, $"/train/{model}", Form.Json(FormattableString.Invariant($$"""{"max_epochs":{{epochs}},"val_split":{{split}},"model_filename":"auto","client_id":"user-xyz"}"""))))!["id"]!;

    /// <summary>Polls as Slicer does, until the newest training has ended.</summary>
    public async Task<JsonNode> EndedAsync()
    {
        while (true)
        {
            var job = await Server.GetJsonAsync("/train/");
            if ((string)job["status"]! is not ("SUBMITTED" or "RUNNING"))
                return job;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async Task<JsonNode> StatisticsAsync(string model = Model) => (await Server.GetJsonAsync("/info/"))["train_stats"]![model]!;

    /// <summary>Segments an image; the answer is the NRRD file's bytes.</summary>
    public async Task<byte[]> InferAsync(string image, string model = Model)
    {
        using var answer = await Server.Client.PostAsync($"/infer/{model}?output=image&image={image}", Form.Params("""{"result_extension":".nrrd","result_dtype":"uint8"}"""), TestContext.Current.CancellationToken);
        var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, System.Text.Encoding.UTF8.GetString(bytes));
        return bytes;
    }

    /// <summary>The mean Dice of both parts.</summary>
    public static async Task<double> DiceAsync(byte[] result, byte[] truth)
    {
        var predicted = await ReadAsync(result, "result.nrrd");
        var known = await ReadAsync(truth, "truth.nii.gz");
        Assert.Equal(known.Length, predicted.Length);
        return new byte[] { 1, 2 }.Average(part => Dice(predicted, known, part));
    }

    /// <summary>The mean loss of each epoch of a job, by the server's log: the last line of an epoch counts.</summary>
    public async Task<SortedDictionary<int, string>> LossesAsync(string job)
    {
        var losses = new SortedDictionary<int, string>();
        foreach (var line in (await Server.SendAsync(HttpMethod.Get, "/logs/?lines=0&text=true")).Split('\n').Where(l => l.Contains($"{job}: Epoch ", StringComparison.Ordinal) && l.Contains(": loss ", StringComparison.Ordinal)))
        {
            var words = line.Split(": Epoch ")[1].Split(' ');
            losses[int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture)] = line.Split(": loss ")[1].Split(',')[0];
        }

        return losses;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    // Labels of other programs may hold their whole numbers in any type.
    private static async Task<byte[]> ReadAsync(byte[] bytes, string name)
    {
        using var volume = await VolumeReader.ReadAsync(new MemoryStream(bytes), name, cancellationToken: TestContext.Current.CancellationToken);
        return volume.Accept<Bytes, byte[]>(default);
    }

    private static double Dice(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, byte part)
    {
        var (both, sum) = (0, 0);
        for (var i = 0; i < a.Length; i++)
        {
            both += a[i] == part && b[i] == part ? 1 : 0;
            sum += (a[i] == part ? 1 : 0) + (b[i] == part ? 1 : 0);
        }

        return sum == 0 ? 1 : 2.0 * both / sum;
    }

    private readonly struct Bytes : IVolumeVisitor<byte[]>
    {
        public byte[] Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var bytes = new byte[volume.Samples.Length];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = byte.CreateChecked(volume.Samples[i]);
            return bytes;
        }
    }
}
