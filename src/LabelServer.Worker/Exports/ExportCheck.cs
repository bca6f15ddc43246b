using System.Globalization;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Onnx.Export;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Devices;
using LabelServer.Worker.Runtimes;

namespace LabelServer.Worker.Exports;

/// <summary>Loads an exported model in ONNX Runtime, which holds it to the rules of the format, and compares its scores with libtorch's where that is built in.</summary>
internal sealed class ExportCheck(IEnumerable<IRuntimeOffer> runtimes, DeviceInventory devices)
{
    // Of the largest score: what the two runtimes' sums in different order amount to, and what half precision does.
    private const double Float32Tolerance = 1e-3;
    private const double Float16Tolerance = 5e-2;
    private const int Edge = 32;
    private const int Windows = 2;

    /// <summary>Checks the file.</summary>
    /// <exception cref="NetworkException">ONNX Runtime refuses the file, or its scores are others.</exception>
    public async Task<ExportEnd> RunAsync(BundleNetwork network, ConfigValue.Component definition, string file, NetworkPrecision precision, CancellationToken cancellationToken)
    {
        var options = new NetworkOptions(NetworkPrecision.Float32, "cpu", network.SpatialDims);
        var end = new ExportEnd { Opset = OnnxExport.Opset, RuntimeVersion = devices.OnnxVersion };
        using var exported = await runtimes.First(r => r.Runtime == NetworkRuntime.Onnx).Networks.LoadWholeAsync(file, options, cancellationToken);
        var shape = new WindowBatchShape(Windows, exported.InputChannels ?? 1, new GridSize(Edge, Edge, network.SpatialDims == 2 ? 1 : Edge), network.SpatialDims);
        var windows = Noise(shape.SampleCount);
        var scores = NetworkScores.Of(exported, windows, shape, cancellationToken);
        if (devices.TorchVersion.Length == 0 || runtimes.FirstOrDefault(r => r.Runtime == NetworkRuntime.Torch) is not { } torch || !torch.Networks.Supports(definition))
            return end;

        using var original = await torch.Networks.CreateAsync(definition, network.WeightsFile, options, cancellationToken);
        var expected = NetworkScores.Of(original, windows, shape, cancellationToken);
        var largest = expected.Max(Math.Abs);
        end.ComparedWith = $"libtorch {devices.TorchVersion}";
        end.LargestDifference = scores.Zip(expected, (a, b) => Math.Abs(a - b)).Max() / Math.Max(largest, float.Epsilon);
        var tolerance = precision == NetworkPrecision.Float16 ? Float16Tolerance : Float32Tolerance;
        return end.LargestDifference <= tolerance ? end : throw new NetworkException(string.Create(
            CultureInfo.InvariantCulture, $"The exported network gives other scores than {end.ComparedWith}: they differ by {end.LargestDifference:g3} of the largest score, more than {tolerance}. Nothing is written."));
    }

    private static float[] Noise(long count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, checked((int)count)).Select(_ => (random.NextSingle() * 4) - 2)];
    }
}
