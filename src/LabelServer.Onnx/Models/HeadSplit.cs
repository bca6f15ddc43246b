using Google.Protobuf.Collections;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Models;

/// <summary>Takes the last 1×1×1 convolution off a model that ends in one, where it has more outputs than inputs: see <see cref="INetwork.Head"/>.</summary>
/// <remarks>With 32 features and 105 classes the windows that come out are a third of the size, and so is what blending holds.</remarks>
internal static class HeadSplit
{
    // Far more classes than any model has; a file may declare any number.
    private const long MostOutputs = 1 << 16;

    // Exporters write one or two; a file may have copies in a circle.
    private const int MostTransparent = 4;

    /// <summary>Changes the model so that its output is the features, and gives the step that is left out; null, and no change, where the model does not end that way.</summary>
    /// <param name="model">The model.</param>
    /// <param name="output">The output that is read.</param>
    public static LinearHead? TryTake(ModelProto model, string output)
    {
        var graph = model.Graph;
        var convolution = Producer(graph, output);
        for (var step = 0; step < MostTransparent && convolution is { Input.Count: > 0 } && IsTransparent(convolution); step++)
        {
            convolution = Producer(graph, convolution.Input[0]);
        }

        if (convolution is not { OpType: "Conv", Input.Count: 2 or 3 } || !IsPlain(convolution) || Producer(graph, convolution.Input[0]) is null || Head(graph, convolution) is not { } head)
        {
            return null;
        }

        var features = convolution.Input[0];
        var type = graph.Initializer.First(i => i.Name == convolution.Input[1]).DataType;
        graph.Output.Clear();
        graph.Output.Add(new ValueInfoProto { Name = features, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type } } });
        Prune(graph, features);
        return head;
    }

    private static NodeProto? Producer(GraphProto graph, string value) => graph.Node.FirstOrDefault(n => n.Output.Contains(value));

    // What may stand between the convolution and the output without changing a value that matters: a copy, or a widening to float32.
    private static bool IsTransparent(NodeProto node) => node.OpType == "Identity" || (node.OpType == "Cast" && node.Attribute.Any(a => a.Name == "to" && a.I == (long)TensorProto.Types.DataType.Float));

    private static bool IsPlain(NodeProto convolution) => convolution.Attribute.All(a => a.Name switch
    {
        "kernel_shape" or "strides" => a.Ints.All(v => v == 1),
        "pads" => a.Ints.All(v => v == 0),
        "group" => a.I == 1,
        "auto_pad" or "dilations" => true,
        _ => false,
    });

    private static LinearHead? Head(GraphProto graph, NodeProto convolution)
    {
        if (Initializer(graph, convolution.Input[1]) is not { Dims: [> 1 and <= MostOutputs and var outputs, > 0 and var features, ..] } weights || weights.Dims.Skip(2).Any(d => d != 1) || outputs <= features)
        {
            return null;
        }

        var bias = convolution.Input.Count == 3 && convolution.Input[2].Length > 0 ? Initializer(graph, convolution.Input[2]) is { } tensor ? TensorValues.ToSingles(tensor) : null : new float[outputs];
        return TensorValues.ToSingles(weights) is { } values && bias?.Length == outputs && values.Length == outputs * features ? new LinearHead(values, bias) : null;
    }

    private static TensorProto? Initializer(GraphProto graph, string name) => graph.Initializer.FirstOrDefault(i => i.Name == name);

    // Nodes and weights that the features do not need go, so that the runtime neither computes nor holds them.
    private static void Prune(GraphProto graph, string wanted)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal) { wanted };
        var kept = new List<NodeProto>(graph.Node.Count);
        foreach (var node in graph.Node.Reverse().Where(n => n.Output.Any(needed.Contains)))
        {
            kept.Add(node);
            needed.UnionWith(node.Input);
            needed.UnionWith(node.Attribute.SelectMany(a => a.Graphs.Append(a.G)).Where(g => g is not null).SelectMany(Outer));
        }

        kept.Reverse();
        Replace(graph.Node, kept);
        var weights = graph.Initializer.ToLookup(i => needed.Contains(i.Name));
        Replace(graph.Initializer, weights[true]);

        // Models up to IR version 3 name their weights as inputs too: without a value they would have to be given at each run.
        var dropped = weights[false].Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        Replace(graph.Input, graph.Input.Where(i => !dropped.Contains(i.Name)));
    }

    private static void Replace<T>(RepeatedField<T> field, IEnumerable<T> values)
    {
        var kept = values.ToList();
        field.Clear();
        field.AddRange(kept);
    }

    // A sub-graph reads values of the graph around it by name.
    private static IEnumerable<string> Outer(GraphProto graph) =>
        graph.Node.SelectMany(n => n.Input.Concat(n.Attribute.SelectMany(a => a.Graphs.Append(a.G)).Where(g => g is not null).SelectMany(Outer))).Concat(graph.Output.Select(o => o.Name));
}
