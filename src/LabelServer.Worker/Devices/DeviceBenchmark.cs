using System.Diagnostics;
using System.Runtime.CompilerServices;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Onnx.Export;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Runtimes;

namespace LabelServer.Worker.Devices;

/// <summary>Measures a SegResNet of random weights on each device, by each runtime, in each precision, and how many voxels get the label that float32 on the CPU gives them.</summary>
internal sealed class DeviceBenchmark(IEnumerable<IRuntimeOffer> runtimes, DeviceInventory devices)
{
    private const string Cpu = "cpu";
    private const int Repeats = 2;
    private const int MatrixEdge = 2048;
    private const int Seed = 1;

    /// <summary>Runs it; the reference comes first.</summary>
    public async IAsyncEnumerable<BenchmarkResult> RunAsync(BenchmarkRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("labelserver-benchmark-");
        try
        {
            var definition = Definition(request);
            var weights = Path.Combine(folder.FullName, "model.pt");
            await RandomCheckpoint.WriteAsync(definition, weights, Seed, cancellationToken);
            using var image = Noise(request.Edge);
            byte[]? reference = null;
            foreach (var (runtime, device, precision) in Combinations())
            {
                var (result, labels) = await Task.Run(() => MeasureAsync(runtime, definition, weights, image, new NetworkOptions(precision, device), cancellationToken), cancellationToken);
                if (reference is not null && labels is not null)
                    result.Agreement = Agreement(labels, reference);
                reference ??= labels;
                yield return result;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The CPU in float32 first: the others are compared with it.
    private IEnumerable<(IRuntimeOffer Runtime, string Device, NetworkPrecision Precision)> Combinations() =>
        from device in devices.Devices.Select(d => d.Id).OrderBy(id => id == Cpu ? 0 : 1)
        from precision in new[] { NetworkPrecision.Float32, NetworkPrecision.BFloat16 }
        from runtime in runtimes
        where runtime.Precisions.Contains(precision) && (device == Cpu || runtime.Look().Devices.Any(d => d.Id == device))
        select (runtime, device, precision);

    private static async Task<(BenchmarkResult Result, byte[]? Labels)> MeasureAsync(
        IRuntimeOffer runtime, ConfigValue.Component definition, string weights, Volume<float> image, NetworkOptions options, CancellationToken cancellationToken)
    {
        var result = new BenchmarkResult { Device = options.Device, Runtime = runtime.Runtime.ToString().ToLowerInvariant(), Precision = options.Precision.ToString().ToLowerInvariant() };
        try
        {
            if (runtime.IsEmulated(options.Device, options.Precision))
            {
                result.LeftOut = $"emulated, left out: {options.Device} has no instructions for {result.Precision}, and a window would take minutes";
                return (result, null);
            }

            var product = runtime.MultiplyMatrices(MatrixEdge, options.Device, options.Precision, Repeats, cancellationToken);
            result.MatrixGigaflops = 2.0 * MatrixEdge * MatrixEdge * MatrixEdge / product.TotalSeconds / 1e9;
            MemoryPeak.Start();
            using var network = await runtime.Networks.CreateAsync(definition, weights, options, cancellationToken);
            result.WindowsPerSecond = 1 / Time(network, image, cancellationToken).TotalSeconds;
            using var labels = (Volume<byte>)new SlidingWindowInferer(SlidingWindowOptions.WholeImage(3)).Labels(image, network, new ParallelOptions { CancellationToken = cancellationToken });
            result.PeakResidentBytes = MemoryPeak.Read();
            return (result, labels.Samples.ToArray());
        }
        catch (Exception error) when (error is NetworkException or OutOfMemoryException || NativeLoading.IsFailure(error))
        {
            result.Problem = error.Message;
            return (result, null);
        }
    }

    // The best of a few after one that is not counted.
    private static TimeSpan Time(INetwork network, Volume<float> image, CancellationToken cancellationToken)
    {
        var shape = new WindowBatchShape(1, 1, image.Size);
        var best = TimeSpan.MaxValue;
        for (var run = 0; run <= Repeats; run++)
        {
            var watch = Stopwatch.StartNew();
            network.Run(image.Samples, shape, cancellationToken).Dispose();
            best = run > 0 && watch.Elapsed < best ? watch.Elapsed : best;
        }

        return best;
    }

    private static double Agreement(byte[] labels, byte[] reference)
    {
        var equal = 0;
        for (var index = 0; index < labels.Length; index++)
            equal += labels[index] == reference[index] ? 1 : 0;
        return (double)equal / labels.Length;
    }

    private static ConfigValue.Component Definition(BenchmarkRequest request) => new("benchmark", "SegResNet", [
        new("spatial_dims", new ConfigValue.Integer(3)),
        new("in_channels", new ConfigValue.Integer(1)),
        new("out_channels", new ConfigValue.Integer(request.Classes)),
        new("init_filters", new ConfigValue.Integer(request.Filters)),
        new("blocks_down", List(1, 2, 2, 4)),
        new("blocks_up", List(1, 1, 1))]);

    private static ConfigValue.List List(params IEnumerable<int> values) => new([.. values.Select(v => new ConfigValue.Integer(v))]);

    private static Volume<float> Noise(int edge)
    {
        var random = new Random(Seed);
        var volume = new Volume<float>(new VolumeGrid(new GridSize(edge, edge, edge), Affine.Identity));
        foreach (ref var sample in volume.Samples)
            sample = (random.NextSingle() * 4) - 2;
        return volume;
    }
}
