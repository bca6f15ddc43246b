using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using LabelServer.Worker.Runtimes;
using LabelServer.Worker.Tests.Doubles;

namespace LabelServer.Worker.Tests.Runtimes;

/// <summary>A GPU that fails, played by a double.</summary>
public sealed class DeviceFallbackTests
{
    private static readonly ConfigValue.Component Definition = new("network_def", "SegResNet", []);
    private static readonly GridSize Window = new(2, 2, 2);
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private readonly ListLogger<DeviceFallback> _log = new();

    [Fact]
    public async Task Run_OutOfMemoryWithFourWindows_GoesOnWithFewerOnTheSameDevice()
    {
        var gpu = new ScriptedNetwork("cuda:0", shape => FailIf(shape.Count > 1, "CUDA out of memory. Tried to allocate 2 GiB"));
        using var network = await Open(new ScriptedNetworks(_ => gpu));

        Assert.Equal(Enumerable.Range(0, 32).Select(i => (float)i), Run(network, 4));
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (float)i), Run(network, 4));

        Assert.Equal("cuda:0", network.Device);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1], gpu.Batches);
        Assert.Equal(2, _log.Lines.Count);
        Assert.All(_log.Lines, line => Assert.Contains("out of memory", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_OutOfMemoryWithOneWindow_GoesOnOnTheCpuAndSaysWhy()
    {
        var gpu = new ScriptedNetwork("cuda:0", _ => FailIf(true, "CUDA out of memory"));
        var cpu = new ScriptedNetwork("cpu");
        var networks = new ScriptedNetworks(options => options.Device == "cpu" ? cpu : gpu);
        using var network = await Open(networks);

        Assert.Equal(Enumerable.Range(0, 16).Select(i => (float)i), Run(network, 2));

        Assert.Equal("cpu", network.Device);
        Assert.True(gpu.IsDisposed);
        Assert.Equal([2], cpu.Batches);
        Assert.Equal(["cuda:0", "cpu"], networks.Asked.Select(o => o.Device));
        Assert.Contains("runs on the CPU from here on: CUDA out of memory", _log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithDropoutOnADeviceThatFails_GoesOnWithDropoutOnTheCpu()
    {
        var gpu = new ScriptedNetwork("cuda:0", _ => FailIf(true, "CUDA out of memory"));
        var cpu = new ScriptedNetwork("cpu");
        using var network = await Open(new ScriptedNetworks(options => options.Device == "cpu" ? cpu : gpu));

        Assert.True(((IDropoutNetwork)network).UseDropout(0.3, 5));
        Run(network, 1);

        Assert.Equal((0.3, 5), cpu.Dropout);
        Assert.True(((IDropoutNetwork)network).UseDropout(null, 0));
        Assert.Null(cpu.Dropout.Probability);
    }

    [Fact]
    public async Task Run_WithDropoutThatTheCpuDoesNotHave_IsRefusedWithTheWayOut()
    {
        var gpu = new ScriptedNetwork("cuda:0", _ => FailIf(true, "CUDA out of memory"));
        using var network = await Open(new ScriptedNetworks(options => options.Device == "cpu" ? new ScriptedNetwork("cpu") { HasDropout = false } : gpu));
        ((IDropoutNetwork)network).UseDropout(0.3, 5);

        var error = Assert.Throws<NetworkUnsupportedException>(() => Run(network, 1));

        Assert.Contains("test-time augmentation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InParts_ShowsTheEncodingsInTheirOrder()
    {
        using var network = await Open(new ScriptedNetworks(_ => new ScriptedNetwork("cuda:0", shape => FailIf(shape.Count > 1, "CUDA out of memory"))));
        using var output = network.Run(Enumerable.Range(0, 24).Select(i => (float)i).ToArray(), new WindowBatchShape(3, 1, Window), Stop);

        Assert.Equal([0, 8, 16], Enumerable.Range(0, 3).Select(n => output.Encoding(n)[0]));
    }

    [Fact]
    public async Task Run_DeviceLostInTheSecondWindow_KeepsTheFirst()
    {
        var runs = 0;
        var gpu = new ScriptedNetwork("directml:0", _ => FailIf(++runs > 1, "The GPU device instance has been suspended. 887A0005"));
        using var network = await Open(new ScriptedNetworks(options => options.Device == "cpu" ? new ScriptedNetwork("cpu") : gpu));

        Assert.Equal(8, Run(network, 1).Length);
        Assert.Equal("directml:0", network.Device);
        Assert.Equal(8, Run(network, 1).Length);
        Assert.Equal("cpu", network.Device);
    }

    [Fact]
    public async Task Load_DeviceThatCanNotLoad_RunsOnTheCpuAndSaysWhy()
    {
        using var network = await Open(new ScriptedNetworks(options => options.Device == "cpu" ? new ScriptedNetwork("cpu") : throw new NetworkException("CUDA driver version is insufficient")));

        Assert.Equal("cpu", network.Device);
        Assert.Contains("driver version is insufficient", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_WeightsThatDoNotFit_IsNotTheDevicesFault()
    {
        var networks = new ScriptedNetworks(_ => throw new NetworkWeightsException("'a' is missing"));

        await Assert.ThrowsAsync<NetworkWeightsException>(() => Open(networks));

        Assert.Single(networks.Asked);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Run_FailureOnTheCpuItself_IsTold()
    {
        using var network = await Open(new ScriptedNetworks(_ => new ScriptedNetwork("cpu", _ => FailIf(true, "shape mismatch"))));

        Assert.Throws<NetworkException>(() => Run(network, 1));
    }

    private static void FailIf(bool fails, string message)
    {
        if (fails)
            throw new NetworkException(message);
    }

    private static unsafe float[] Run(INetwork network, int count)
    {
        var windows = Enumerable.Range(0, count * 8).Select(i => (float)i).ToArray();
        using var output = network.Run(windows, new WindowBatchShape(count, 1, Window), Stop);
        Assert.Equal(count, output.Count);
        return [.. Enumerable.Range(0, count).SelectMany(n => new ReadOnlySpan<float>((float*)output.Window(n), 8).ToArray())];
    }

    private Task<INetwork> Open(INetworkFactory networks) => new DeviceFallback(networks, _log).CreateAsync(Definition, "model.pt", new NetworkOptions(Device: "cuda:0"), Stop);
}
