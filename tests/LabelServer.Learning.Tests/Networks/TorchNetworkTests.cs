using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks;

public sealed class TorchNetworkTests
{
    private static readonly NetworkOptions Float32OnCpu = new(NetworkPrecision.Float32, "cpu");

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public unsafe void Run_OfSeveralWindows_GivesEachTheFeaturesOfTheModule(int channels)
    {
        var module = new SegResNet(new SegResNetOptions { InChannels = channels, BlocksDown = [1, 1], BlocksUp = [1], OutChannels = 5 });
        module.eval();
        using var scope = NewDisposeScope();
        var input = rand([2, channels, 8, 6, 4]);
        using var gradient = no_grad();
        var expected = module.Features(input).permute(0, 2, 3, 4, 1).contiguous().data<float>().ToArray();
        using var network = TorchNetwork.FromModule(module, "SegResNet", Float32OnCpu, channels, 5);

        using var output = network.Run(input.data<float>().ToArray(), new WindowBatchShape(2, channels, new GridSize(8, 6, 4)), CancellationToken.None);

        Assert.Equal((2, 8, new GridSize(8, 6, 4), NetworkPrecision.Float32), (output.Count, output.Channels, output.Size, output.ElementType));
        Assert.Equal((5, 8), (network.Head!.Outputs, network.Head.Features));
        var window = expected.Length / 2;
        for (var n = 0; n < 2; n++)
        {
            var actual = new ReadOnlySpan<float>((float*)output.Window(n), window);
            for (var i = 0; i < window; i++)
            {
                Assert.Equal(expected[(n * window) + i], actual[i], 1e-4f);
            }
        }
    }

    [Theory]
    [InlineData(NetworkPrecision.Float32, 1e-5f)]
    [InlineData(NetworkPrecision.BFloat16, 0.05f)]
    public void Run_OfSeveralWindows_ShowsWhatTheEncoderMakesOfEach(NetworkPrecision precision, float tolerance)
    {
        var module = new SegResNet(new SegResNetOptions { BlocksDown = [1, 1], BlocksUp = [1] });
        module.eval();
        using var scope = NewDisposeScope();
        var input = rand([2, 1, 8, 6, 4]);
        using var gradient = no_grad();
        float[] expected = [];
        module.Features(input, encoded => expected = encoded.mean([2, 3, 4]).data<float>().ToArray());
        using var network = TorchNetwork.FromModule(module, "SegResNet", new NetworkOptions(precision, "cpu"), 1, 2);

        using var output = network.Run(input.data<float>().ToArray(), new WindowBatchShape(2, 1, new GridSize(8, 6, 4)), CancellationToken.None);

        Assert.Equal(32, expected.Length);
        Assert.Equal(expected, [.. output.Encoding(0), .. output.Encoding(1)], (a, b) => Math.Abs(a - b) <= tolerance);
        Assert.NotEqual(output.Encoding(0).ToArray(), output.Encoding(1).ToArray());
    }

    [Fact]
    public void Run_OfTwoDimensions_TakesPlanes()
    {
        var module = new SegResNet(new SegResNetOptions { SpatialDims = 2, BlocksDown = [1, 1], BlocksUp = [1] });
        using var network = TorchNetwork.FromModule(module, "SegResNet", Float32OnCpu, 1, 2);

        using var output = network.Run(new float[8 * 6], new WindowBatchShape(1, 1, new GridSize(8, 6, 1), SpatialDims: 2), CancellationToken.None);

        Assert.Equal(new GridSize(8, 6, 1), output.Size);
    }

    [Fact]
    public void Run_InBFloat16_StoresBFloat16()
    {
        using var network = TorchNetwork.FromModule(new SegResNet(Small), "SegResNet", new NetworkOptions(NetworkPrecision.BFloat16, "cpu"), 1, 2);

        using var output = network.Run(new float[512], Cube(8), CancellationToken.None);

        Assert.Equal((NetworkPrecision.BFloat16, NetworkPrecision.BFloat16), (network.Precision, output.ElementType));
    }

    [Fact]
    public void Run_OfMany_LeavesNoTensors()
    {
        using var network = TorchNetwork.FromModule(new SegResNet(Small), "SegResNet", Float32OnCpu, 1, 2);
        network.Run(new float[512], Cube(8), CancellationToken.None).Dispose();
        // Of this thread only: other tests run beside this one, and the collector frees theirs at any time.
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var run = 0; run < 3; run++)
        {
            network.Run(new float[512], Cube(8), CancellationToken.None).Dispose();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Features_Cancelled_ThrowsBeforeTheNextLayersAndLeavesNoTensors()
    {
        using var module = new SegResNet(Small);
        using var input = zeros([1, 1, 8, 8, 8]);
        // Of this thread only: other tests run beside this one, and the collector frees theirs at any time.
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using (NewDisposeScope())
        {
            Assert.Throws<OperationCanceledException>(() => module.Features(input, cancellationToken: new CancellationToken(canceled: true)));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Run_OfSizeThatDoesNotDivide_ThrowsNamingTheMultiple()
    {
        using var network = TorchNetwork.FromModule(new SegResNet(new SegResNetOptions()), "SegResNet", Float32OnCpu, 1, 2);

        var error = Assert.Throws<NetworkException>(() => network.Run(new float[1000], Cube(10), CancellationToken.None));

        Assert.Equal("SegResNet takes windows whose sizes are multiples of 8, not 10×10×10; choose another roi_size.", error.Message);
    }

    [Fact]
    public void Run_OfWrongChannels_ThrowsInWordsWithoutCallStack()
    {
        using var network = TorchNetwork.FromModule(new SegResNet(Small), "SegResNet", Float32OnCpu, null, null);

        var error = Assert.Throws<NetworkException>(() => network.Run(new float[1024], new WindowBatchShape(1, 2, new GridSize(8, 8, 8)), CancellationToken.None));

        Assert.StartsWith("SegResNet failed on a batch [1, 2, 8, 8, 8]: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Resolve_Auto_IsOneOfTheTwoAndStaysTheSame()
    {
        var first = TorchPrecision.Resolve(NetworkPrecision.Auto, CPU);

        Assert.NotEqual(NetworkPrecision.Auto, first);
        Assert.Equal(first, TorchPrecision.Resolve(NetworkPrecision.Auto, CPU));
    }

    [Theory]
    [InlineData("tpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:0:1")]
    [InlineData("cpu:1")]
    public void Resolve_UnknownDevice_ThrowsNamingIt(string name)
    {
        var error = Assert.Throws<NetworkException>(() => TorchDevices.Resolve(name));

        Assert.Equal($"The device '{name}' is not known; use auto, cpu, cuda or cuda:0, cuda:1, …", error.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("auto")]
    [InlineData("cuda")]
    [InlineData("cuda:3")]
    [InlineData("cpu")]
    public void Resolve_AnyKnownDeviceWithoutGpu_IsTheCpu(string? name)
    {
        Assert.SkipWhen(cuda.is_available(), "This machine has a GPU.");

        Assert.Equal("cpu", TorchDevices.NameOf(TorchDevices.Resolve(name)));
    }

    [Fact]
    public void Load_FileThatIsNoScript_ThrowsNamingIt()
    {
        var folder = Directory.CreateTempSubdirectory("labelserver-");
        try
        {
            var file = Path.Combine(folder.FullName, "model.ts");
            File.WriteAllText(file, "not a network");

            var error = Assert.Throws<NetworkException>(() => TorchNetwork.FromScript(file, Float32OnCpu));

            Assert.StartsWith("'model.ts' cannot be loaded as TorchScript: ", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Fill_WithWrongTensors_ThrowsNamingAllOfThem()
    {
        using var scope = NewDisposeScope();
        using var module = new SegResNet(Small);
        var tensors = module.state_dict().ToDictionary(e => e.Key, e => zeros(e.Value.shape));
        tensors.Remove("convInit.conv.weight");
        tensors["extra.weight"] = zeros(1);
        tensors["conv_final.2.conv.bias"] = zeros(3);

        var error = Assert.Throws<NetworkWeightsException>(() => ModuleWeights.Fill(module, tensors, "model.pt"));

        Assert.Equal(
            "The weights in 'model.pt' do not fit the network: 1 missing (convInit.conv.weight); 1 unexpected (extra.weight); 1 of another shape (conv_final.2.conv.bias is [3] instead of [2]). "
            + "Check that the file belongs to this bundle's network_def.",
            error.Message);
    }

    [Fact]
    public void Build_UnknownNetwork_ThrowsNamingItAndTheKnownOnes()
    {
        var error = Assert.Throws<NetworkUnsupportedException>(() => NetworkRegistry.CreateDefault().Build(new ConfigValue.Component("network_def", "SwinTransformer", [])));

        Assert.StartsWith("network_def: the network 'SwinTransformer' is not supported; supported: SegResNet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_UnknownArgument_ThrowsNamingIt()
    {
        var definition = new ConfigValue.Component("network_def", "SegResNet", [new("dilation", new ConfigValue.Integer(2))]);

        var error = Assert.Throws<NetworkUnsupportedException>(() => NetworkRegistry.CreateDefault().Build(definition));

        Assert.StartsWith("network_def (SegResNet): not supported: dilation; supported: spatial_dims, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SegResNet", true)]
    [InlineData("monai.networks.nets.SegResNet", true)]
    [InlineData("monai.networks.nets.segresnet.SegResNet", true)]
    [InlineData("evil.SegResNet", false)]
    [InlineData("SegResNetVAE", false)]
    public void Knows_Target_ByMonaisNamesOnly(string target, bool known) => Assert.Equal(known, NetworkRegistry.CreateDefault().Knows(target));

    private static SegResNetOptions Small => new() { BlocksDown = [1, 1], BlocksUp = [1] };

    private static WindowBatchShape Cube(int size) => new(1, 1, new GridSize(size, size, size));
}
