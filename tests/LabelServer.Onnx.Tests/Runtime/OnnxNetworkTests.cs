using Google.Protobuf;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Models;
using LabelServer.Onnx.Runtime;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Tests.Runtime;

/// <summary>Models in all the forms in which bundles bring them.</summary>
public sealed class OnnxNetworkTests : IDisposable
{
    private static readonly GridSize Window = new(4, 3, 2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(9, false)]
    [InlineData(13, false)]
    [InlineData(14, false)]
    [InlineData(17, false)]
    [InlineData(13, true)]
    public async Task Run_OfOneConvolution_GivesItsScores(long opset, bool isHalf)
    {
        using var network = await Load(OnnxModels.Linear([2, -1], [0.5f, 3], opset, isHalf: isHalf));

        var scores = Run(network, Ramp(2, 1), 2, 1);

        Assert.Equal(2, network.OutputChannels);
        Assert.Equal(isHalf ? NetworkPrecision.Float16 : NetworkPrecision.Float32, network.Precision);
        Assert.Equal(Ramp(2, 1).SelectMany(x => new[] { (2 * x) + 0.5f, 3 - x }), scores, (a, b) => Math.Abs(a - b) < 1e-2f);
    }

    [Fact]
    public async Task Run_OfAFixedBatchOfTwo_TakesThreeWindowsInTwoGroups()
    {
        using var network = await Load(OnnxModels.Linear([2, -1], [0, 0], input: [2, 1, "x", "y", "z"], output: [2, 2, "x", "y", "z"]));

        Assert.Equal(Ramp(3, 1).SelectMany(x => new[] { 2 * x, -x }), Run(network, Ramp(3, 1), 3, 1));
    }

    [Fact]
    public async Task Run_OfAFixedSize_TakesThatSizeAndNamesItForAnother()
    {
        using var network = await Load(OnnxModels.Linear([1, 2], [0, 0], input: [1, 1, 4, 3, 2], output: [1, 2, 4, 3, 2]));

        Assert.Equal(Ramp(2, 1).SelectMany(x => new[] { x, 2 * x }), Run(network, Ramp(2, 1), 2, 1));
        var error = Assert.Throws<NetworkUnsupportedException>(() => network.Run(new float[27], new WindowBatchShape(1, 1, new GridSize(3, 3, 3)), CancellationToken.None));
        Assert.Contains("[1, 1, 4, 3, 2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("roi_size", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfABatchThatNoMemoryHolds_IsRefused()
    {
        using var network = await Load(OnnxModels.Linear([1, 2], [0, 0], input: [1 << 30, 1, "x", "y", "z"], output: [1 << 30, 2, "x", "y", "z"]));

        var error = Assert.Throws<NetworkUnsupportedException>(() => Run(network, Ramp(1, 1), 1, 1));
        Assert.Contains("more than 2 GiB", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_OfAChannelsLastModel_ReadsTheLayoutFromSizesAndMetadata(bool isFixed)
    {
        // [N, x, y, z, 2] · [2, 3]: a matrix product over the last axis.
        object[] input = isFixed ? [1, 4, 3, 2, 2] : ["batch", "x", "y", "z", 2];
        object[] output = isFixed ? [1, 4, 3, 2, 3] : ["batch", "x", "y", "z", 3];
        var model = OnnxModels.Model(
            13, [OnnxModels.Node("MatMul", ["image", "w"], "pred")], [OnnxModels.Value("image", input)], [OnnxModels.Value("pred", output)], TensorValues.Of("w", [1, 0, 1, 0, 1, 10], [2, 3]));
        using var network = await Load(model, new NetworkDataFormat([new NetworkPort("image", 2)], [new NetworkPort("pred", 3)]));

        var windows = Ramp(2, 2);
        var voxels = (int)Window.VoxelCount;
        var expected = Enumerable.Range(0, 2).SelectMany(n => Enumerable.Range(0, voxels).SelectMany(v =>
        {
            var (a, b) = (windows[(2 * n * voxels) + v], windows[(((2 * n) + 1) * voxels) + v]);
            return new[] { a, b, a + (10 * b) };
        }));
        Assert.Equal(2, network.InputChannels);
        Assert.Equal(expected, Run(network, windows, 2, 2));
    }

    [Fact]
    public async Task Run_OfAModelWithTwoInputs_SharesTheChannelsInTheOrderOfTheMetadata()
    {
        var model = OnnxModels.Model(
            13,
            [OnnxModels.Node("Sub", ["flair", "t1"], "difference"), OnnxModels.Node("Concat", ["difference", "t1"], "pred")],
            [OnnxModels.Value("flair", OnnxModels.Free(1)), OnnxModels.Value("t1", OnnxModels.Free(1))],
            [OnnxModels.Value("pred", OnnxModels.Free(2))]);
        model.Graph.Node[1].Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 1 });
        using var network = await Load(model, new NetworkDataFormat([new NetworkPort("t1", 1), new NetworkPort("flair", 1)], [new NetworkPort("pred", 2)]));

        var windows = Ramp(1, 2);
        var voxels = (int)Window.VoxelCount;
        Assert.Equal(2, network.InputChannels);
        Assert.Equal(Enumerable.Range(0, voxels).SelectMany(v => new[] { windows[voxels + v] - windows[v], windows[v] }), Run(network, windows, 1, 2));
    }

    [Fact]
    public async Task Run_OfAModelThatEndsInAWideningConvolution_LeavesItOutAsHead()
    {
        var model = OnnxModels.Model(
            13,
            [OnnxModels.Node("Relu", ["image"], "features"), OnnxModels.Node("Conv", ["features", "w", "b"], "pred")],
            [OnnxModels.Value("image", OnnxModels.Free(1))],
            [OnnxModels.Value("pred", OnnxModels.Free(3))],
            TensorValues.Of("w", [1, 2, 3], [3, 1, 1, 1, 1]),
            TensorValues.Of("b", [0, 0, 1], [3]));
        using var network = await Load(model);

        Assert.Equal(3, network.OutputChannels);
        Assert.Equal([1f, 2, 3], network.Head!.Weights);
        Assert.Equal([0f, 0, 1], network.Head.Bias);
        Assert.Equal(Ramp(1, 1).Select(x => Math.Max(0, x)), Run(network, Ramp(1, 1), 1, 1));
    }

    [Fact]
    public async Task Run_OfAChannelsLastModelWithAHead_ReadsTheFeaturesAsTheConvolutionHasThem()
    {
        // Two features in windows two voxels wide: by the sizes alone they could lie either way.
        var model = OnnxModels.Model(
            13,
            [
                OnnxModels.Node("Transpose", ["image"], "turned", ("perm", [0, 4, 1, 2, 3])),
                OnnxModels.Node("Conv", ["turned", "first"], "features"),
                OnnxModels.Node("Conv", ["features", "w"], "pred"),
            ],
            [OnnxModels.Value("image", ["batch", 2, 2, 2, 1])],
            [OnnxModels.Value("pred", ["batch", 3, 2, 2, 2])],
            TensorValues.Of("first", [1, 10], [2, 1, 1, 1, 1]),
            TensorValues.Of("w", [1, 0, 0, 1, 1, 1], [3, 2, 1, 1, 1]));
        using var network = await Load(model, new NetworkDataFormat([new NetworkPort("image", 1)], [new NetworkPort("pred", 3)]));

        float[] window = [0, 1, 2, 3, 4, 5, 6, 7];
        using var output = network.Run(window, new WindowBatchShape(1, 1, new GridSize(2, 2, 2)), TestContext.Current.CancellationToken);
        Assert.NotNull(network.Head);
        Assert.Equal(window.SelectMany(x => new[] { x, 10 * x }), Values(output, voxels: 8));
    }

    [Fact]
    public async Task Run_OfAModelThatListsItsWeightsAmongTheInputs_TakesTheImageAlone()
    {
        // As PyTorch wrote them up to operator set 9.
        var model = OnnxModels.Model(
            9,
            [OnnxModels.Node("Conv", ["image", "first", "zero"], "features"), OnnxModels.Node("Conv", ["features", "w", "b"], "pred")],
            [OnnxModels.Value("image", OnnxModels.Free(1)), OnnxModels.Value("first", [1, 1, 1, 1, 1]), OnnxModels.Value("zero", [1]), OnnxModels.Value("w", [3, 1, 1, 1, 1]), OnnxModels.Value("b", [3])],
            [OnnxModels.Value("pred", OnnxModels.Free(3))],
            TensorValues.Of("first", [2], [1, 1, 1, 1, 1]),
            TensorValues.Of("zero", [0f], [1]),
            TensorValues.Of("w", [1, 2, 3], [3, 1, 1, 1, 1]),
            TensorValues.Of("b", [0, 0, 1], [3]));
        model.IrVersion = 3;
        using var network = await Load(model);

        Assert.Equal((1, 3), (network.InputChannels, network.OutputChannels));
        Assert.Equal(Ramp(1, 1).Select(x => 2 * x), Run(network, Ramp(1, 1), 1, 1));
    }

    [Fact]
    public async Task Run_OfAnOutputOfAnotherSize_SaysWhichShapeItIs()
    {
        using var network = await Load(OnnxModels.Model(
            13, [OnnxModels.Node("GlobalAveragePool", ["image"], "pred")], [OnnxModels.Value("image", OnnxModels.Free(1))], [OnnxModels.Value("pred", ["batch", 1, 1, 1, 1])]));

        var error = Assert.Throws<NetworkUnsupportedException>(() => Run(network, Ramp(1, 1), 1, 1));
        Assert.Contains("[1, 1, 1, 1, 1]", error.Message, StringComparison.Ordinal);
        Assert.Contains("one score for each voxel", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CancelledWithinAWindow_StopsBetweenItsLayers()
    {
        // A loop that would add a number to the image for longer than anyone waits. No file may bring one, so the runtime gets it directly.
        using var network = Open(OnnxModels.Loop(trips: long.MaxValue));
        using var cancel = new CancellationTokenSource();

        var run = Task.Run(() => network.Run(Ramp(1, 1), new WindowBatchShape(1, 1, Window), cancel.Token), TestContext.Current.CancellationToken);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private static OnnxNetwork Open(ModelProto model)
    {
        var cpu = new OnnxDevice("cpu", "cpu", OnnxProvider.Cpu, 0);
        var session = OnnxSessions.Open(model.ToByteArray(), "model.onnx", cpu);
        var input = OnnxPort.Read("model.onnx", "image", session.InputMetadata["image"], spatialDims: 3, declared: null);
        return new OnnxNetwork(session, "model.onnx", [input], "pred", cpu, head: null, outputChannels: null, NetworkPrecision.Float32);
    }

    private static float[] Ramp(int count, int channels) => [.. Enumerable.Range(0, (int)(count * channels * Window.VoxelCount)).Select(i => (i % 23) - 7f)];

    private static float[] Run(INetwork network, float[] windows, int count, int channels)
    {
        using var output = network.Run(windows, new WindowBatchShape(count, channels, Window), TestContext.Current.CancellationToken);
        Assert.Equal(count, output.Count);
        return Values(output, (int)Window.VoxelCount);
    }

    private static unsafe float[] Values(NetworkOutput output, int voxels) =>
        [.. Enumerable.Range(0, output.Count).SelectMany(n => new ReadOnlySpan<float>((float*)output.Window(n), output.Channels * voxels).ToArray())];

    private Task<INetwork> Load(ModelProto model, NetworkDataFormat? data = null) => new OnnxNetworkFactory().LoadWholeAsync(
        OnnxModels.Write(model, _folder.Path), new NetworkOptions(NetworkPrecision.Float32, "cpu", Data: data), TestContext.Current.CancellationToken);
}
