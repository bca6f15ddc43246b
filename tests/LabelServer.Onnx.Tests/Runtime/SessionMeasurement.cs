using System.Diagnostics;
using System.Globalization;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Export;
using LabelServer.Onnx.Runtime;

namespace LabelServer.Onnx.Tests.Runtime;

/// <summary>Measures what the settings of a session cost and bring. Not part of a test run: <c>-explicit only -class "*SessionMeasurement"</c>.</summary>
public sealed class SessionMeasurement(ITestOutputHelper output)
{
    private const int Edge = 96;
    private const int Repeats = 3;

    [Fact(Explicit = true)]
    public async Task Measure_EachSettingOnAWindowOfTheWholeBodyNetwork()
    {
        using var folder = new TemporaryFolder();
        var weights = Path.Combine(folder.Path, "model.pt");
        var definition = new ConfigValue.Component("network_def", "SegResNet", [
            new("init_filters", new ConfigValue.Integer(32)),
            new("out_channels", new ConfigValue.Integer(105))]);
        await RandomCheckpoint.WriteAsync(definition, weights, 1, TestContext.Current.CancellationToken);
        foreach (var settings in new OnnxSettings[]
        {
            new(), new(Spinning: true), new(Arena: true), new(Arena: true, MemoryPattern: true), new(Threads: 1), new(Threads: 2 * Environment.ProcessorCount),
        })
        {
            using var network = await new OnnxNetworkFactory(settings).CreateAsync(definition, weights, new NetworkOptions(NetworkPrecision.Float32, "cpu"), TestContext.Current.CancellationToken);
            var (best, peak) = Run(network);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{settings}: {best.TotalSeconds:0.00} s, peak {peak >> 20} MiB"));
        }
    }

    private static (TimeSpan Best, long Peak) Run(INetwork network)
    {
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
        var window = new float[Edge * Edge * Edge];
        var random = new Random(1);
        foreach (ref var sample in window.AsSpan())
            sample = random.NextSingle();
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < Repeats; run++)
        {
            var watch = Stopwatch.StartNew();
            network.Run(window, new WindowBatchShape(1, 1, new GridSize(Edge, Edge, Edge)), TestContext.Current.CancellationToken).Dispose();
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        using var process = Process.GetCurrentProcess();
        return (best, process.PeakWorkingSet64);
    }
}
