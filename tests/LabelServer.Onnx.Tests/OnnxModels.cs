using Google.Protobuf;
using LabelServer.Onnx.Models;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Tests;

/// <summary>Writes small ONNX models for tests.</summary>
internal static class OnnxModels
{
    /// <summary>The shape [batch, C, x, y, z] with everything but the channel free.</summary>
    public static object[] Free(int channels) => ["batch", channels, "x", "y", "z"];

    /// <summary>A model around one graph.</summary>
    public static ModelProto Model(long opset, IEnumerable<NodeProto> nodes, IEnumerable<ValueInfoProto> inputs, IEnumerable<ValueInfoProto> outputs, params IEnumerable<TensorProto> weights)
    {
        var graph = new GraphProto { Name = "test" };
        graph.Node.AddRange(nodes);
        graph.Input.AddRange(inputs);
        graph.Output.AddRange(outputs);
        graph.Initializer.AddRange(weights);
        var model = new ModelProto { IrVersion = 7, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = string.Empty, Version = opset });
        return model;
    }

    /// <summary>A node.</summary>
    public static NodeProto Node(string type, string[] inputs, string output, params (string Name, long[] Values)[] attributes)
    {
        var node = new NodeProto { OpType = type };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach (var (name, values) in attributes)
        {
            var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
            attribute.Ints.AddRange(values);
            node.Attribute.Add(attribute);
        }

        return node;
    }

    /// <summary>An input or output; sizes are numbers, or names where they are free.</summary>
    public static ValueInfoProto Value(string name, object[] shape, TensorProto.Types.DataType type = TensorProto.Types.DataType.Float)
    {
        var sizes = new TensorShapeProto();
        sizes.Dim.AddRange(shape.Select(s => s is int size ? new TensorShapeProto.Types.Dimension { DimValue = size } : new TensorShapeProto.Types.Dimension { DimParam = (string)s }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = sizes } } };
    }

    /// <summary>score[c] = weights[c] · x + bias[c] for one input channel, channel first: a 1×1×1 convolution. With it a result is known in the head.</summary>
    public static ModelProto Linear(float[] weights, float[] bias, long opset = 13, object[]? input = null, object[]? output = null, bool isHalf = false)
    {
        var type = isHalf ? TensorProto.Types.DataType.Float16 : TensorProto.Types.DataType.Float;
        return Model(
            opset,
            [Node("Conv", ["image", "w", "b"], "pred")],
            [Value("image", input ?? Free(1), type)],
            [Value("pred", output ?? Free(weights.Length), type)],
            TensorValues.Of("w", weights, [weights.Length, 1, 1, 1, 1], isHalf),
            TensorValues.Of("b", bias, [bias.Length], isHalf));
    }

    /// <summary>A loop that adds one to the image.</summary>
    public static ModelProto Loop(long trips)
    {
        const TensorProto.Types.DataType Truth = (TensorProto.Types.DataType)9;
        var body = new GraphProto { Name = "body" };
        body.Node.AddRange([Node("Identity", ["condition_in"], "condition_out"), Node("Add", ["value_in", "one"], "value_out")]);
        body.Input.AddRange([Value("i", [], TensorProto.Types.DataType.Int64), Value("condition_in", [], Truth), Value("value_in", Free(1))]);
        body.Output.AddRange([Value("condition_out", [], Truth), Value("value_out", Free(1))]);
        var loop = Node("Loop", ["trips", string.Empty, "image"], "pred");
        loop.Name = "endless";
        loop.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = body });
        var count = TensorValues.Of("trips", trips);
        count.Dims.Clear();
        return Model(13, [loop], [Value("image", Free(1))], [Value("pred", Free(1))], count, TensorValues.Of("one", [1f], [1]));
    }

    /// <summary>Writes a model into a file.</summary>
    public static string Write(ModelProto model, string folder, string name = "model.onnx")
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }
}
