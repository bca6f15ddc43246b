using System.Collections.Concurrent;
using System.Diagnostics;
using LabelServer.Inference.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Decides between float32 and bfloat16 by measuring a convolution of the kind that the networks are made of, once a process and device.</summary>
/// <remarks>By measurement and not by name: some processors take bfloat16 and are slower with it.</remarks>
public static class TorchPrecision
{
    // A fifth faster at least: less is not worth the lost bits.
    private const double WorthIt = 0.8;
    private const double Hopeless = 4;
    private const int SmallEdge = 8;
    private const int LargeEdge = 32;
    private const int Repeats = 3;
    private static readonly ConcurrentDictionary<string, Lazy<NetworkPrecision>> Measured = new(StringComparer.Ordinal);

    /// <summary>The precision itself, or for <see cref="NetworkPrecision.Auto"/> the faster one on that device.</summary>
    public static NetworkPrecision Resolve(NetworkPrecision precision, Device device) => precision != NetworkPrecision.Auto
        ? precision
        : Measured.GetOrAdd(TorchDevices.NameOf(device), _ => new Lazy<NetworkPrecision>(() => Measure(device))).Value;

    /// <summary>Whether that precision is emulated on the device: many times slower than float32 even on a small volume, so that a window of a scan would take minutes.</summary>
    /// <remarks>Measured at each call, which takes a few milliseconds where it is not.</remarks>
    public static bool IsEmulated(NetworkPrecision precision, Device device) => precision == NetworkPrecision.BFloat16 && !IsWorthIt(SmallEdge, Hopeless, device);

    /// <summary>The number type of that precision.</summary>
    public static ScalarType TypeOf(NetworkPrecision precision) => precision == NetworkPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    // First on a small volume: where bfloat16 is emulated it takes a hundred times as long, and the first request would wait for the large one.
    private static NetworkPrecision Measure(Device device) =>
        !IsEmulated(NetworkPrecision.BFloat16, device) && IsWorthIt(LargeEdge, WorthIt, device) ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32;

    private static bool IsWorthIt(int edge, double limit, Device device) =>
        Time(ScalarType.BFloat16, edge, device) < limit * Time(ScalarType.Float32, edge, device);

    // The best of a few, so that another program's burst does not decide; after one run that is not counted.
    private static TimeSpan Time(ScalarType type, int edge, Device device)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var input = TorchLayout.ChannelsLast(zeros([1, 32, edge, edge, edge], type, device));
        var weight = TorchLayout.ChannelsLast(zeros([32, 32, 3, 3, 3], type, device));
        var best = TimeSpan.MaxValue;
        for (var run = 0; run <= Repeats; run++)
        {
            var watch = Stopwatch.StartNew();
            nn.functional.conv3d(input, weight, padding: [1, 1, 1]).Dispose();
            if (device.type == DeviceType.CUDA)
            {
                cuda.synchronize(device);
            }

            best = run > 0 && watch.Elapsed < best ? watch.Elapsed : best;
        }

        return best;
    }
}
