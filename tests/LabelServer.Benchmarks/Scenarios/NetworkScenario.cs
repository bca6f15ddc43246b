using System.Diagnostics;
using System.Text.Json.Nodes;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using static TorchSharp.torch;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>The wholeBody network on windows of 96³ beside a product of two 4096² matrices, in one process and precision.</summary>
internal static class NetworkScenario
{
    /// <summary>The scenario's name.</summary>
    public const string Name = "network";

    private const int Edge = 96;
    private const int Matrix = 4096;

    /// <summary>Measures in this process, which should have the worker's environment. The first run does not count, unless <c>--repeat 0</c> makes it the only one: an emulated precision takes many minutes for each.</summary>
    public static Task<JsonObject> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var precision = options.Text("precision") == "bfloat16" ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32;
        var repeat = options.Whole("repeat", 3);
        var batch = options.Whole("batch", 1);
        set_num_threads(Environment.ProcessorCount);
        using var network = TorchNetwork.FromModule(new SegResNet(WholeBodyNetwork.Options), "SegResNet", new NetworkOptions(precision, "cpu"), 1, WholeBodyNetwork.Classes);
        var shape = new WindowBatchShape(batch, 1, new GridSize(Edge, Edge, Edge));
        var random = new Random(1);
        var windows = new float[shape.SampleCount];
        for (var at = 0; at < windows.Length; at++)
            windows[at] = (random.NextSingle() * 2) - 1;

        // Windows and products take turns, so that both see the same machine.
        List<double> network1 = [], product = [];
        for (var run = 0; run <= repeat; run++)
        {
            var watch = Stopwatch.StartNew();
            network.Run(windows, shape, cancellationToken).Dispose();
            var seconds = watch.Elapsed.TotalSeconds / batch;
            var productSeconds = Product(TorchPrecision.TypeOf(precision));
            if (run > 0 || repeat == 0)
            {
                network1.Add(seconds);
                product.Add(productSeconds);
            }
        }

        var gigaflop = WholeBodyNetwork.WindowFlop(Edge, withHead: false) / 1e9;
        var (rate, limit) = (gigaflop / network1.Min(), 2.0 * Matrix * Matrix * Matrix / 1e9 / product.Min());
        return Task.FromResult(new JsonObject
        {
            ["precision"] = precision.ToString(),
            ["batch"] = batch,
            ["windowSeconds"] = Math.Round(network1.Min(), 3),
            ["windowSecondsMedian"] = Math.Round(network1.Order().ElementAt(network1.Count / 2), 3),
            ["windowGigaflop"] = Math.Round(gigaflop, 1),
            ["gigaflopPerSecond"] = Math.Round(rate, 1),
            ["matrixProductGigaflopPerSecond"] = Math.Round(limit, 1),
            ["shareOfMatrixProduct"] = Math.Round(rate / limit, 3),
            ["process"] = ProcessMeter.Read(Environment.ProcessId),
        });
    }

    private static double Product(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var (a, b) = (ones([Matrix, Matrix], type), ones([Matrix, Matrix], type));
        var watch = Stopwatch.StartNew();
        a.matmul(b).Dispose();
        return watch.Elapsed.TotalSeconds;
    }
}
