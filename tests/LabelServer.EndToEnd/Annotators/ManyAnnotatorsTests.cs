using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;
using LabelServer.Testing;

namespace LabelServer.EndToEnd.Annotators;

/// <summary>Twenty clients at once ask for samples, infer and submit. Lasts some seconds; <c>LABELSERVER_ANNOTATOR_SECONDS=120</c> makes it the long one.</summary>
public sealed class ManyAnnotatorsTests
{
    private const int Clients = 20;
    private static readonly int[] Size = [12, 12, 12];

    private static int Seconds => int.TryParse(Environment.GetEnvironmentVariable("LABELSERVER_ANNOTATOR_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 8;

    [Fact]
    public async Task NobodyGetsAnothersImage_EveryAcceptedLabelIsThereWithItsAuthor_AndNothingElseChanged()
    {
        var folder = new TestFolder();
        SegmentationBundle.Write(Path.Combine(folder.Path, "models", "tiny"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "studies"));
        var images = Math.Max(120, Seconds * 12);
        for (var i = 0; i < images; i++)
            File.WriteAllBytes(Path.Combine(folder.Path, "studies", $"scan{i:0000}.nii"), NiftiBytes.Ct(Size));
        var before = Checksums(folder.Path);
        await using var server = await ServerProcess.StartAsync(
            folder, ["--conf", "models", "tiny", "--conf", "models_dir", Path.Combine(folder.Path, "models"), "--conf", "infer_queue", "64"], new Dictionary<string, string> { ["MONAI_LABEL_AUTO_UPDATE_SCORING"] = "false" });

        var holders = new ConcurrentDictionary<string, string>();
        var accepted = new ConcurrentDictionary<string, (string Client, byte[] Label)>();
        var tally = new Tally();
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(Seconds));
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(n => AnnotateAsync(server, $"reader{n}", n, holders, accepted, tally, time.Token)));

        TestContext.Current.TestOutputHelper?.WriteLine($"{Clients} clients, {Seconds} s: {tally.Served} samples, {tally.Inferred} inferences, {accepted.Count} labels of {images} images, {tally.Skipped} skipped.");
        Assert.True(accepted.Count >= Clients, $"Only {accepted.Count} labels were submitted.");
        foreach (var (image, (client, label)) in accepted)
        {
            var versions = (await server.GetJsonAsync($"/datastore/label/versions?label={image}")).AsArray();
            var only = Assert.Single(versions)!;
            Assert.Equal(($"{client}@127.0.0.1", client), ((string)only["by"]!, (string)only["client_id"]!));
            Assert.Null((string?)only["conflict_with"]);
            Assert.Equal(label, await server.Client.GetByteArrayAsync($"/datastore/label?label={image}&tag=final", TestContext.Current.CancellationToken));
        }

        var statistics = await server.GetJsonAsync("/datastore/");
        Assert.Equal((images, accepted.Count), ((int)statistics["total"]!, (int)statistics["completed"]!));
        Assert.Equal(before, Checksums(folder.Path));
        Assert.Equal(accepted.Keys.Order().Select(i => i + ".nii"), Directory.GetFiles(Path.Combine(server.Studies, "labels", "final")).Select(f => Path.GetFileName(f)).Order());
    }

    private static async Task AnnotateAsync(
        ServerProcess server, string client, int number, ConcurrentDictionary<string, string> holders, ConcurrentDictionary<string, (string Client, byte[] Label)> accepted, Tally tally, CancellationToken time)
    {
        var strategies = new[] { "random", "first", "last" };
        for (var round = 0; !time.IsCancellationRequested; round++)
        {
            var answer = JsonNode.Parse(await server.SendAsync(HttpMethod.Post, "/activelearning/" + strategies[(number + round) % 3], Form.Json($$"""{"client_id":"{{client}}"}""")))!;
            if (answer["id"] is null)
                return;
            var image = (string)answer["id"]!;
            tally.Serve();
            Assert.True(holders.TryAdd(image, client) || holders[image] == client, $"{client} was given {image}, which {holders[image]} has.");

            // Now and then an annotator skips; the image stays reserved.
            if ((number + round) % 7 == 3)
            {
                tally.Skip();
                continue;
            }

            using (var download = await server.Client.GetAsync($"/datastore/image?image={image}", TestContext.Current.CancellationToken))
                download.EnsureSuccessStatusCode();
            await InferAsync(server, image, client, tally);
            if (accepted.ContainsKey(image))
                Assert.Fail($"{image} was given to {client} although it has a label.");
            var label = NiftiBytes.UInt8(Size, value: (i, j, k) => (byte)((i + j + k + number) % 3));
            await server.SendAsync(HttpMethod.Put, $"/datastore/label?image={image}", Form.File("label", "/tmp/l.nii", label, $$"""{"label_info":[{"name":"Liver","idx":1},{"name":"spleen","idx":2}],"model":"tiny","client_id":"{{client}}"}"""));
            Assert.True(accepted.TryAdd(image, (client, label)));
        }
    }

    private static async Task InferAsync(ServerProcess server, string image, string client, Tally tally)
    {
        while (true)
        {
            using var answer = await server.Client.PostAsync($"/infer/tiny?image={image}", Form.Params($$"""{"client_id":"{{client}}","result_extension":".nrrd","highres":false}"""), TestContext.Current.CancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                tally.Infer();
                return;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        }
    }

    private static SortedDictionary<string, string> Checksums(string folder) => new(Directory.GetFiles(Path.Combine(folder, "studies"), "*.nii").ToDictionary(f => f, f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))));

    private sealed class Tally
    {
        private int _served;
        private int _inferred;
        private int _skipped;

        public int Served => _served;

        public int Inferred => _inferred;

        public int Skipped => _skipped;

        public void Serve() => Interlocked.Increment(ref _served);

        public void Infer() => Interlocked.Increment(ref _inferred);

        public void Skip() => Interlocked.Increment(ref _skipped);
    }
}
