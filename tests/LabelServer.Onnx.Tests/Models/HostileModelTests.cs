using Google.Protobuf;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Runtime;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Tests.Models;

/// <summary>Files that are no models, broken ones, and ones that reach for what is not theirs.</summary>
public sealed class HostileModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.02)]
    public async Task Load_OfATruncatedModel_SaysSo(double share)
    {
        var bytes = OnnxModels.Linear([.. Enumerable.Range(0, 500).Select(i => (float)i)], new float[500]).ToByteArray();

        var error = await Refused(bytes[..(int)(bytes.Length * share)]);

        Assert.Contains("model.onnx", error.Message, StringComparison.Ordinal);
        Assert.Contains("no ONNX model", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("this is a text and no model at all")]
    [InlineData("")]
    [InlineData("PK\u0003\u0004")]
    public async Task Load_OfSomethingElse_SaysThatItIsNoModel(string content) =>
        Assert.Contains("ONNX model", (await Refused(System.Text.Encoding.UTF8.GetBytes(content))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Load_OfWeightsOfTheWrongShape_GivesTheRuntimesReason()
    {
        var model = OnnxModels.Linear([1, 2], [0, 0]);
        model.Graph.Initializer[0].Dims[1] = 7;

        Assert.Contains("refused by ONNX Runtime", (await Refused(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfAnUnknownOperator_NamesIt()
    {
        var model = OnnxModels.Linear([1, 2], [0, 0]);
        model.Graph.Node[0].OpType = "FormatDisk";

        Assert.Contains("FormatDisk", (await Refused(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfATwoDimensionalModelForVolumes_NamesItsShape()
    {
        var model = OnnxModels.Model(13, [OnnxModels.Node("Relu", ["image"], "pred")], [OnnxModels.Value("image", ["batch", 1, "x", "y"])], [OnnxModels.Value("pred", ["batch", 1, "x", "y"])]);

        var error = await Assert.ThrowsAsync<NetworkUnsupportedException>(() => Load(model.ToByteArray()));

        Assert.Contains("4 axes [?, 1, ?, ?]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/../../secret.bin")]
    [InlineData("..\\secret.bin")]
    [InlineData("C:secret.bin")]
    [InlineData("")]
    public async Task Load_OfExternalDataOutsideTheFolder_IsRefusedBeforeTheRuntimeSeesIt(string location)
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "secret.bin"), new byte[64], TestContext.Current.CancellationToken);

        var error = await Refused(External(location).ToByteArray(), Directory.CreateDirectory(Path.Combine(_folder.Path, "bundle")).FullName);

        Assert.Contains("not in the model's own folder", error.Message, StringComparison.Ordinal);
        Assert.Contains("'w'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfExternalDataBehindALink_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making symbolic links needs a right there.");
        var bundle = Directory.CreateDirectory(Path.Combine(_folder.Path, "bundle")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "secret.bin"), new byte[64], TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(bundle, "weights.bin"), Path.Combine(_folder.Path, "secret.bin"));

        Assert.Contains("not in the model's own folder", (await Refused(External("weights.bin").ToByteArray(), bundle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfExternalDataHiddenInASubGraph_IsRefused()
    {
        var model = OnnxModels.Linear([1, 2], [0, 0]);
        var inner = new GraphProto { Name = "inner" };
        inner.Initializer.Add(External("../secret.bin").Graph.Initializer[0]);
        model.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = inner });

        Assert.Contains("not in the model's own folder", (await Refused(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfExternalDataThatIsTooShort_IsRefused()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "weights.bin"), new byte[4], TestContext.Current.CancellationToken);

        Assert.Contains("cut short", (await Refused(External("weights.bin").ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfExternalDataBesideTheModel_UsesIt()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "weights.bin"), System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([3f, 5f]).ToArray(), TestContext.Current.CancellationToken);

        using var network = await Load(External("weights.bin").ToByteArray());
        using var output = network.Run([2], new WindowBatchShape(1, 1, new(1, 1, 1)), TestContext.Current.CancellationToken);

        Assert.Equal([6f, 10f], Values(output));
    }

    private static unsafe float[] Values(NetworkOutput output) => new ReadOnlySpan<float>((float*)output.Window(0), output.Channels).ToArray();

    private static ModelProto External(string location)
    {
        var model = OnnxModels.Linear([1, 2], [0, 0]);
        var tensor = model.Graph.Initializer[0];
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = "8" });
        return model;
    }

    private Task<NetworkWeightsException> Refused(byte[] bytes, string? folder = null) => Assert.ThrowsAsync<NetworkWeightsException>(() => Load(bytes, folder));

    private async Task<INetwork> Load(byte[] bytes, string? folder = null)
    {
        var path = Path.Combine(folder ?? _folder.Path, "model.onnx");
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        return await new OnnxNetworkFactory().LoadWholeAsync(path, new NetworkOptions(NetworkPrecision.Float32, "cpu"), TestContext.Current.CancellationToken);
    }
}
