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
    private const int Repeats = 3;
    private static readonly ConcurrentDictionary<string, Lazy<NetworkPrecision>> Measured = new(StringComparer.Ordinal);

    /// <summary>The precision itself, or for <see cref="NetworkPrecision.Auto"/> the faster one on that device.</summary>
    public static NetworkPrecision Resolve(NetworkPrecision precision, Device device) => precision != NetworkPrecision.Auto
        ? precision
        : Measured.GetOrAdd(TorchDevices.NameOf(device), _ => new Lazy<NetworkPrecision>(() => Measure(device))).Value;

    /// <summary>The number type of that precision.</summary>
    public static ScalarType TypeOf(NetworkPrecision precision) => precision == NetworkPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    private static NetworkPrecision Measure(Device device) =>
        Time(ScalarType.BFloat16, device) < WorthIt * Time(ScalarType.Float32, device) ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32;

    // The best of a few, so that another program's burst does not decide; after one run that is not counted.
    private static TimeSpan Time(ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var input = TorchLayout.ChannelsLast(zeros([1, 32, 32, 32, 32], type, device));
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
