using System.Diagnostics;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using LabelServer.Worker.Contract;
using TorchSharp;

namespace LabelServer.Worker.Runtimes;

/// <summary>TorchSharp. Not compiled with <c>-p:Torch=false</c>.</summary>
internal sealed class TorchOffer : IRuntimeOffer
{
    /// <inheritdoc/>
    public NetworkRuntime Runtime => NetworkRuntime.Torch;

    /// <inheritdoc/>
    public INetworkFactory Networks { get; } = new TorchNetworkFactory();

    /// <inheritdoc/>
    public IReadOnlyList<NetworkPrecision> Precisions => [NetworkPrecision.Float32, NetworkPrecision.BFloat16];

    /// <inheritdoc/>
    public bool IsEmulated(string device, NetworkPrecision precision) =>
        precision == NetworkPrecision.BFloat16 && TorchPrecision.IsEmulated(precision, TorchDevices.Resolve(device));

    /// <inheritdoc/>
    public TimeSpan MultiplyMatrices(int edge, string device, NetworkPrecision precision, int repeats, CancellationToken cancellationToken)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.inference_mode();
        var place = TorchDevices.Resolve(device);
        var type = TorchPrecision.TypeOf(precision);
        var (a, b) = (torch.ones([edge, edge], type, place), torch.ones([edge, edge], type, place));
        var best = TimeSpan.MaxValue;
        for (var run = 0; run <= repeats; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var watch = Stopwatch.StartNew();
            using var product = torch.mm(a, b);
            if (place.type == DeviceType.CUDA)
                torch.cuda.synchronize(place);
            best = run > 0 && watch.Elapsed < best ? watch.Elapsed : best;
        }

        return best;
    }

    /// <inheritdoc/>
    public RuntimeFindings Look()
    {
        try
        {
            var threads = torch.get_num_threads();
            List<Device> devices = [];
            if (torch.cuda.is_available())
            {
                var count = torch.cuda.device_count();
                for (var i = 0; i < count; i++)
                    devices.Add(new Device { Id = $"cuda:{i}", Name = count == 1 ? "cuda" : $"cuda:{i}" });
            }

            return new RuntimeFindings(torch.__version__, string.Empty, devices, threads);
        }
        catch (Exception error) when (NativeLoading.IsFailure(error))
        {
            return new RuntimeFindings(string.Empty, NativeLoading.Reason(error), [], 0);
        }
    }
}
