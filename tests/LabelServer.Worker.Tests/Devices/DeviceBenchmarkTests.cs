using LabelServer.Inference.Networks;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Devices;
using LabelServer.Worker.Tests.Doubles;

namespace LabelServer.Worker.Tests.Devices;

public sealed class DeviceBenchmarkTests
{
    private static readonly BenchmarkRequest Small = new() { Filters = 8, Classes = 2, Edge = 8 };

    [Fact]
    public async Task Run_APrecisionThatIsEmulated_LeavesItOutWithTheReason()
    {
        var asked = new List<NetworkOptions>();
        var results = await Run(new ScriptedOffer(NetworkRuntime.Torch, new ScriptedNetworks(o => Made(o, asked)))
        {
            Precisions = [NetworkPrecision.Float32, NetworkPrecision.BFloat16],
            Emulated = [NetworkPrecision.BFloat16],
        });

        Assert.Equal(["float32", "bfloat16"], results.Select(r => r.Precision));
        Assert.StartsWith("emulated, left out", results[1].LeftOut, StringComparison.Ordinal);
        Assert.Equal((string.Empty, 0.0), (results[1].Problem, results[1].WindowsPerSecond));
        Assert.Equal(NetworkPrecision.Float32, Assert.Single(asked).Precision);
        Assert.True(results[0].WindowsPerSecond > 0 && results[0].MatrixGigaflops > 0 && results[0].PeakResidentBytes > 0, results[0].ToString());
    }

    [Fact]
    public async Task Run_TwoRuntimes_ComparesTheSecondWithTheFirst()
    {
        var results = await Run(
            new ScriptedOffer(NetworkRuntime.Torch, new ScriptedNetworks(o => Made(o))), new ScriptedOffer(NetworkRuntime.Onnx, new ScriptedNetworks(o => Made(o))));

        Assert.False(results[0].HasAgreement);
        Assert.Equal(1, results[1].Agreement);
    }

    [Fact]
    public async Task Run_ADeviceThatFails_NamesTheReasonAndGoesOn()
    {
        var results = await Run(new ScriptedOffer(
            NetworkRuntime.Onnx, new ScriptedNetworks(o => o.Device == "cpu" ? Made(o) : throw new NetworkException("The driver is too old.")), "cuda:0", "cuda:1"));

        Assert.Equal(["cpu", "cuda:0", "cuda:1"], results.Select(r => r.Device));
        Assert.All(results.Skip(1), r => Assert.Equal("The driver is too old.", r.Problem));
    }

    private static ScriptedNetwork Made(NetworkOptions options, List<NetworkOptions>? asked = null)
    {
        asked?.Add(options);
        return new ScriptedNetwork(options.Device);
    }

    private static Task<List<BenchmarkResult>> Run(params ScriptedOffer[] offers) =>
        new DeviceBenchmark(offers, new DeviceInventory(offers)).RunAsync(Small, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken).AsTask();
}
