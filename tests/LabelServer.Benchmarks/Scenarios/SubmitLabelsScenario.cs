using System.Diagnostics;
using System.Text.Json.Nodes;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>Labels of 1 MB from several clients at a time, each durable when it is answered; beside it what the disk does when a file of that size is written and flushed.</summary>
internal static class SubmitLabelsScenario
{
    // 1 MB as one byte a voxel, uncompressed.
    private static readonly GridSize Size = new(128, 128, 61);

    /// <summary>Runs it: <c>--clients</c>, <c>--labels</c> for each of them.</summary>
    public static async Task<JsonObject> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var (clients, labels) = (options.Whole("clients", 16), options.Whole("labels", 20));
        using var folder = new ScenarioFolder();
        var label = await WriteAsync(folder, clients, cancellationToken);
        await using var server = await BenchServer.StartAsync(folder, options, ["--conf", "models", "phantom_ct_segmentation"], cancellationToken);
        await SubmitAsync(server, label, 0, 2, cancellationToken);
        var watch = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => SubmitAsync(server, label, client, labels, cancellationToken)));
        var elapsed = watch.Elapsed;
        return new()
        {
            ["clients"] = clients,
            ["labelBytes"] = label.Length,
            ["submissionsPerSecond"] = Math.Round(clients * labels / elapsed.TotalSeconds, 1),
            ["milliseconds"] = Statistics.Milliseconds(times.SelectMany(t => t)),
            ["server"] = ProcessMeter.Read(server.Id),
            ["disk"] = await DiskAsync(folder.Path, label, clients, cancellationToken),
        };
    }

    private static async Task<byte[]> WriteAsync(ScenarioFolder folder, int clients, CancellationToken cancellationToken)
    {
        var grid = new VolumeGrid(Size, Affine.Scaling(2, 2, 2));
        using var image = new Volume<short>(grid);
        for (var client = 0; client < clients; client++)
        {
            image.Samples[0] = (short)client;
            await VolumeWriter.WriteAsync(image, Path.Combine(folder.Studies, $"scan{client}.nii.gz"), null, cancellationToken);
        }

        using var label = new Volume<byte>(grid);
        for (var at = 0; at < label.Samples.Length; at++)
            label.Samples[at] = (byte)(at / 4096 % 2);
        using var bytes = new MemoryStream();
        await VolumeWriter.WriteAsync(label, bytes, VolumeFileTypes.FromName("label.nii"), null, cancellationToken);
        return bytes.ToArray();
    }

    private static async Task<List<TimeSpan>> SubmitAsync(BenchServer server, byte[] label, int client, int count, CancellationToken cancellationToken)
    {
        var times = new List<TimeSpan>();
        for (var at = 0; at < count; at++)
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent("""{"label_info":[{"name":"liver","idx":1}]}"""), "params" },
                { new ByteArrayContent(label), "label", "label.nii" },
            };
            var watch = Stopwatch.StartNew();
            using var answer = await server.Client.PutAsync(new Uri($"/datastore/label?image=scan{client}", UriKind.Relative), form, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(cancellationToken));
            times.Add(watch.Elapsed);
        }

        return times;
    }

    // As many writers as clients, each a file of its own, written and flushed to the disk: no server can acknowledge more than this.
    private static async Task<JsonObject> DiskAsync(string folder, byte[] bytes, int writers, CancellationToken cancellationToken)
    {
        const int Files = 10;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(
            async () =>
            {
                for (var file = 0; file < Files; file++)
                {
                    await using var stream = new FileStream(Path.Combine(folder, $"disk-{writer}-{file}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
                    await stream.WriteAsync(bytes, cancellationToken);
                    stream.Flush(flushToDisk: true);
                }
            },
            cancellationToken)));
        return new() { ["filesFlushedPerSecond"] = Math.Round(writers * Files / watch.Elapsed.TotalSeconds, 1) };
    }
}
