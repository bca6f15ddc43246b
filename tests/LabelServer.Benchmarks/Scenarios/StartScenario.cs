using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>From the start of the process to the first answer of <c>/info/</c> and to the first mask of the demo model, with <c>--images N</c> images already indexed.</summary>
internal static class StartScenario
{
    private const string Demo = "phantom_ct_segmentation";

    /// <summary>Runs it.</summary>
    public static async Task<JsonObject> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        using var folder = new ScenarioFolder();
        var images = options.Whole("images", 0);
        await AddImagesAsync(folder.Studies, images, cancellationToken);
        var (id, _) = await ScenarioInputs.AddScanAsync(folder.Studies, ScenarioOptions.Read(["--size", "96,80,64", "--spacing", "4,4,5"])!, cancellationToken);

        // The first start indexes the images and is not counted.
        await StartAsync(infer: true);
        List<TimeSpan> infos = [], listens = [], masks = [];
        for (var run = 0; run < options.Whole("repeat", 5); run++)
        {
            var (listening, info, mask) = await StartAsync(run % 2 == 0);
            listens.Add(listening);
            infos.Add(info);
            if (mask is not null)
                masks.Add(mask.Value);
        }

        return new()
        {
            ["indexedImages"] = images + 1,
            ["listeningMilliseconds"] = Statistics.Milliseconds(listens),
            ["firstInfoMilliseconds"] = Statistics.Milliseconds(infos),
            ["firstMaskMilliseconds"] = Statistics.Milliseconds(masks),
        };

        async Task<(TimeSpan Listening, TimeSpan Info, TimeSpan? Mask)> StartAsync(bool infer)
        {
            var watch = Stopwatch.StartNew();
            await using var server = await BenchServer.StartAsync(folder, options, ["--conf", "models", Demo], cancellationToken);
            await server.Client.GetStringAsync(new Uri("/info/", UriKind.Relative), cancellationToken);
            var info = watch.Elapsed;
            if (!infer)
                return (server.Listening, info, null);
            await server.InferAsync(Demo, id, new JsonObject { ["result_extension"] = ".nrrd" }, cancellationToken);
            return (server.Listening, info, watch.Elapsed);
        }
    }

    // Small and different from each other: what counts is their number.
    private static async Task AddImagesAsync(string studies, int count, CancellationToken cancellationToken)
    {
        using var volume = new Volume<short>(new VolumeGrid(new GridSize(4, 4, 4), Affine.Identity));
        for (var image = 0; image < count; image++)
        {
            volume.Samples[0] = (short)image;
            await VolumeWriter.WriteAsync(volume, Path.Combine(studies, string.Create(CultureInfo.InvariantCulture, $"image_{image:D6}.nii.gz")), null, cancellationToken);
        }
    }
}
