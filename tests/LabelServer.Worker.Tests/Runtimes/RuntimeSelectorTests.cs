using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Worker.Devices;
using LabelServer.Worker.Runtimes;
using LabelServer.Worker.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;

namespace LabelServer.Worker.Tests.Runtimes;

public sealed class RuntimeSelectorTests : IDisposable
{
    private static readonly ConfigValue.Component Definition = new("network_def", "SegResNet", []);
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("labelserver-test-");
    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger<RuntimeSelector> _log = new();
    private readonly List<ScriptedNetwork> _made = [];
    private readonly ScriptedNetworks _torch;
    private readonly ScriptedNetworks _onnx;

    public RuntimeSelectorTests()
    {
        _torch = new ScriptedNetworks(_ => Made("torch", TimeSpan.FromSeconds(2)), extension: ".ts");
        _onnx = new ScriptedNetworks(_ => Made("onnx", TimeSpan.FromSeconds(1)));
    }

    private string File => Path.Combine(_folder.FullName, "LabelServer", "runtimes.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Create_BothRuntimes_MeasuresOnceAndKeepsTheOneThatIsClearlyFaster()
    {
        using var first = await Create(new NetworkOptions());

        Assert.Equal("onnx", first.Device);
        Assert.True(_made[0].IsDisposed);
        Assert.False(_made[1].IsDisposed);
        Assert.Equal(3, _log.Lines.Count);

        using var second = await Create(new NetworkOptions());

        Assert.Equal("onnx", second.Device);
        Assert.Equal((1, 2), (_torch.Asked.Count, _onnx.Asked.Count));
        Assert.Contains("Onnx", await System.IO.File.ReadAllTextAsync(File, Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.8, "torch")]
    [InlineData(0.7, "onnx")]
    public async Task Create_TheOtherRuntimeIsALittleFaster_StaysWithLibtorch(double share, string expected)
    {
        var onnx = new ScriptedNetworks(_ => Made("onnx", TimeSpan.FromSeconds(2) * share));

        using var network = await Selector(_torch, onnx).CreateAsync(Definition, "model.pt", new NetworkOptions(), Stop);

        Assert.Equal(expected, network.Device);
    }

    [Theory]
    [InlineData(0.7, "onnx")]
    [InlineData(1.4, "torch")]
    public async Task Create_TheOtherRuntimeIsClearlyFasterOnASmallWindow_AUsualOneDecides(double share, string expected)
    {
        var onnx = new ScriptedNetworks(_ => new ScriptedNetwork("onnx", shape => _time.Advance(TimeSpan.FromSeconds(shape.Size.I == 96 ? 2 * share : 1))));

        using var network = await Selector(_torch, onnx).CreateAsync(Definition, "model.pt", new NetworkOptions(), Stop);

        Assert.Equal(expected, network.Device);
    }

    [Fact]
    public async Task Create_ANetworkThatTakesSmallWindowsOnly_IsJudgedByThose()
    {
        Func<string, double, Func<NetworkOptions, INetwork>> make = (name, seconds) => _ => new ScriptedNetwork(
            name, shape => _time.Advance(shape.Size.I == 96 ? throw new NetworkException("It takes windows of 48³.") : TimeSpan.FromSeconds(seconds)));

        using var network = await Selector(new ScriptedNetworks(make("torch", 2)), new ScriptedNetworks(make("onnx", 1))).CreateAsync(Definition, "model.pt", new NetworkOptions(), Stop);

        Assert.Equal("onnx", network.Device);
    }

    [Theory]
    [InlineData(NetworkRuntime.Torch, "torch")]
    [InlineData(NetworkRuntime.Onnx, "onnx")]
    public async Task Create_RuntimeAskedFor_TakesThatOneWithoutMeasuring(NetworkRuntime runtime, string expected)
    {
        using var network = await Create(new NetworkOptions(Runtime: runtime));

        Assert.Equal(expected, network.Device);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Create_BFloat16_IsLibtorchs()
    {
        using var network = await Create(new NetworkOptions(NetworkPrecision.BFloat16));

        Assert.Equal("torch", network.Device);
    }

    [Fact]
    public async Task Create_BFloat16WhereItIsEmulated_DoesAsAskedAndWarns()
    {
        using var network = await Selector(emulated: NetworkPrecision.BFloat16).CreateAsync(Definition, "model.pt", new NetworkOptions(NetworkPrecision.BFloat16), Stop);

        Assert.Equal("torch", network.Device);
        Assert.Contains("emulated", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Create_AnArgumentThatOneRuntimeDoesNotKnow_TakesTheOtherOne(bool isTorch)
    {
        Func<NetworkOptions, INetwork> refuse = _ => throw new NetworkUnsupportedException("The activation 'HARDSWISH' is not supported.");
        var (torch, onnx) = isTorch ? (new ScriptedNetworks(refuse), _onnx) : (_torch, new ScriptedNetworks(refuse));

        using var network = await Selector(torch, onnx).CreateAsync(Definition, "model.pt", new NetworkOptions(), Stop);

        Assert.Equal(isTorch ? "onnx" : "torch", network.Device);
        Assert.Contains(_log.Lines, l => l.Contains("HARDSWISH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Create_AnArgumentThatNoRuntimeKnows_IsRefusedWithTheReason()
    {
        Func<NetworkOptions, INetwork> refuse = _ => throw new NetworkUnsupportedException("The activation 'HARDSWISH' is not supported.");

        await Assert.ThrowsAsync<NetworkUnsupportedException>(() => Selector(new ScriptedNetworks(refuse), new ScriptedNetworks(refuse)).CreateAsync(Definition, "model.pt", new NetworkOptions(), Stop));
    }

    [Fact]
    public async Task Create_CancelledWhileItIsMeasured_LeavesNoNetworkOpen()
    {
        var network = new ScriptedNetwork("torch", _ => throw new OperationCanceledException());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Selector(new ScriptedNetworks(_ => network), _onnx).CreateAsync(Definition, "model.pt", new NetworkOptions(), Stop));

        Assert.True(network.IsDisposed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Create_CancelledWhileAUsualWindowIsMeasured_LeavesNoNetworkOpen(bool ofTorch)
    {
        Func<bool, double, ScriptedNetwork> make = (isCancelled, seconds) => new ScriptedNetwork(
            "any", shape => _time.Advance(isCancelled && shape.Size.I == 96 ? throw new OperationCanceledException() : TimeSpan.FromSeconds(seconds)));
        var (torch, onnx) = (make(ofTorch, 2), make(!ofTorch, 1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Selector(new ScriptedNetworks(_ => torch), new ScriptedNetworks(_ => onnx)).CreateAsync(Definition, "model.pt", new NetworkOptions(), Stop));

        Assert.True(torch.IsDisposed);
        Assert.True(onnx.IsDisposed);
    }

    [Fact]
    public async Task Create_ADirectMLDevice_IsOnnxRuntimes()
    {
        using var network = await Create(new NetworkOptions(Device: "directml:0"));

        Assert.Equal("onnx", network.Device);
    }

    [Fact]
    public async Task Create_OneRuntimeCanNotBeLoaded_TakesTheOther()
    {
        using var network = await Create(new NetworkOptions(), torchProblem: "libstdc++ is too old");

        Assert.Equal("onnx", network.Device);
    }

    [Fact]
    public async Task Load_FileOfTheOtherRuntime_SaysWhichCan()
    {
        using var network = await Selector().LoadWholeAsync("model.ts", new NetworkOptions(), Stop);
        var error = await Assert.ThrowsAsync<NetworkUnsupportedException>(() => Selector().LoadWholeAsync("model.ts", new NetworkOptions(Runtime: NetworkRuntime.Onnx), Stop));

        Assert.Equal("torch", network.Device);
        Assert.Contains("it can by Torch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_FileOfTimingsIsDamaged_MeasuresAgain()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(File, "{ not json", Stop);

        using var network = await Create(new NetworkOptions());

        Assert.Equal("onnx", network.Device);
    }

    private ScriptedNetwork Made(string name, TimeSpan takes)
    {
        var network = new ScriptedNetwork(name, _ => _time.Advance(takes));
        _made.Add(network);
        return network;
    }

    private Task<INetwork> Create(NetworkOptions options, string torchProblem = "") => Selector(torchProblem).CreateAsync(Definition, "model.pt", options, Stop);

    private RuntimeSelector Selector(string torchProblem = "", params NetworkPrecision[] emulated) => Selector(_torch, _onnx, torchProblem, emulated);

    private RuntimeSelector Selector(ScriptedNetworks torch, ScriptedNetworks onnx, string torchProblem = "", params NetworkPrecision[] emulated)
    {
        IRuntimeOffer[] offers = [new ScriptedOffer(NetworkRuntime.Torch, torch) { Problem = torchProblem, Emulated = emulated }, new ScriptedOffer(NetworkRuntime.Onnx, onnx)];
        return new RuntimeSelector(offers, new DeviceInventory(offers), new RuntimeTimings(File), _time, _log);
    }
}
