using Google.Protobuf;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Tests.Models;

/// <summary>Files that are no models, and broken ones.</summary>
public sealed class HostileModelTests : ModelFileTests
{
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
    public async Task Load_OfAnOperatorOfSomeoneElse_IsRefusedSinceNoOperatorLibraryIsLoaded()
    {
        var model = OnnxModels.Linear([1, 2], [0, 0]);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.example", Version = 1 });
        model.Graph.Node[0].Domain = "com.example";

        Assert.Contains("com.example", (await Refused(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfATensorThatIsDeclaredLargerThanAnyMemory_IsRefused()
    {
        var model = OnnxModels.Linear([1, 2], [0, 0]);
        model.Graph.Initializer[0].Dims[0] = 1L << 40;

        Assert.Contains("refused by ONNX Runtime", (await Refused(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfATwoDimensionalModelForVolumes_NamesItsShape()
    {
        var model = OnnxModels.Model(13, [OnnxModels.Node("Relu", ["image"], "pred")], [OnnxModels.Value("image", ["batch", 1, "x", "y"])], [OnnxModels.Value("pred", ["batch", 1, "x", "y"])]);

        var error = await Assert.ThrowsAsync<NetworkUnsupportedException>(() => Load(model.ToByteArray()));

        Assert.Contains("4 axes [?, 1, ?, ?]", error.Message, StringComparison.Ordinal);
    }
}
