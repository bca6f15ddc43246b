using Google.Protobuf;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Tests.Models;

/// <summary>Models whose file does not bound their work or their size.</summary>
public sealed class GraphLimitsTests : ModelFileTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    public async Task Load_OfALoop_IsRefused(long trips) =>
        Assert.Contains("'endless'", (await Refused(OnnxModels.Loop(trips).ToByteArray())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Load_OfALoopHiddenInABranch_IsRefused()
    {
        var model = OnnxModels.Linear([1, 2], [0, 0]);
        model.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "then_branch", Type = AttributeProto.Types.AttributeType.Graph, G = OnnxModels.Loop(1).Graph });

        Assert.Contains("'endless'", (await Refused(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfABranch_Works()
    {
        const TensorProto.Types.DataType Truth = (TensorProto.Types.DataType)9;
        var branch = OnnxModels.Node("If", ["yes"], "pred");
        foreach (var (name, type) in new[] { ("then_branch", "Relu"), ("else_branch", "Neg") })
        {
            var body = new GraphProto { Name = name };
            body.Node.Add(OnnxModels.Node(type, ["image"], name + "_out"));
            body.Output.Add(OnnxModels.Value(name + "_out", OnnxModels.Free(1)));
            branch.Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = body });
        }

        var yes = new TensorProto { Name = "yes", DataType = (int)Truth, RawData = ByteString.CopyFrom(1) };
        var model = OnnxModels.Model(13, [branch], [OnnxModels.Value("image", OnnxModels.Free(1))], [OnnxModels.Value("pred", OnnxModels.Free(1))], yes);
        using var network = await Load(model.ToByteArray());
        using var output = network.Run([-2, 3], new WindowBatchShape(1, 1, new(2, 1, 1)), TestContext.Current.CancellationToken);

        Assert.Equal([0f], Values(output));
    }

    [Theory]
    [InlineData(40, "more than 1000000 nodes")]
    [InlineData(100, "within each other")]
    public async Task Load_OfFunctionsThatCallTheNextOneTwice_IsRefusedBeforeTheyAreWrittenOut(int functions, string words)
    {
        var model = OnnxModels.Model(13, [Call(0)], [OnnxModels.Value("image", OnnxModels.Free(1))], [OnnxModels.Value("pred", OnnxModels.Free(1))]);
        model.Functions.AddRange(Enumerable.Range(0, functions).Select(i => Function(i, Call(i + 1), Call(i + 1))));

        Assert.Contains(words, (await Refused(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfCopiesInACircle_IsRefused()
    {
        var model = OnnxModels.Model(
            13, [OnnxModels.Node("Identity", ["other"], "pred"), OnnxModels.Node("Identity", ["pred"], "other")], [OnnxModels.Value("image", OnnxModels.Free(1))], [OnnxModels.Value("pred", OnnxModels.Free(1))]);

        Assert.Contains("refused by ONNX Runtime", (await Refused(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfAFunctionThatCallsItself_IsRefused()
    {
        var model = OnnxModels.Model(13, [Call(0)], [OnnxModels.Value("image", OnnxModels.Free(1))], [OnnxModels.Value("pred", OnnxModels.Free(1))]);
        model.Functions.Add(Function(0, Call(0)));

        Assert.Contains("call themselves", (await Refused(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    private static NodeProto Call(int function)
    {
        var node = OnnxModels.Node($"f{function}", ["image"], "pred");
        node.Domain = "own";
        return node;
    }

    private static FunctionProto Function(int index, params IEnumerable<NodeProto> nodes)
    {
        var function = new FunctionProto { Domain = "own", Name = $"f{index}" };
        function.Node.AddRange(nodes);
        return function;
    }
}
