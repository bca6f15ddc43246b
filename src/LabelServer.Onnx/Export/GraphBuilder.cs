using System.Globalization;
using System.Text;
using Google.Protobuf;
using LabelServer.Onnx.Models;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Export;

/// <summary>Builds a graph node by node. Every method gives the name of the value that it makes.</summary>
/// <param name="isHalf">Whether weights are stored in float16.</param>
internal sealed class GraphBuilder(bool isHalf)
{
    private readonly GraphProto _graph = new();
    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Adds weights.</summary>
    public string Weights(string name, float[] values, params long[] shape)
    {
        _graph.Initializer.Add(TensorValues.Of(name, values, shape, isHalf));
        return name;
    }

    /// <summary>Adds a vector of whole numbers, once for each name.</summary>
    public string Integers(string name, params ReadOnlySpan<long> values)
    {
        if (_constants.Add(name))
            _graph.Initializer.Add(TensorValues.Of(name, values));
        return name;
    }

    /// <summary>Adds a vector in float32 whatever the weights are, once for each name.</summary>
    public string Singles(string name, params float[] values)
    {
        if (_constants.Add(name))
            _graph.Initializer.Add(TensorValues.Of(name, values, [values.Length]));
        return name;
    }

    /// <summary>Adds a vector of one number repeated, in the type of the weights, once for each name.</summary>
    public string Filled(string name, float value, int count)
    {
        if (_constants.Add(name))
            _graph.Initializer.Add(TensorValues.Of(name, [.. Enumerable.Repeat(value, count)], [count], isHalf));
        return name;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">Its inputs; an empty name leaves an optional one out.</param>
    /// <param name="attributes">Its attributes: <see cref="long"/>, <see cref="float"/>, <see cref="string"/> or a list of <see cref="long"/>.</param>
    public string Node(string type, IEnumerable<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var output = string.Create(CultureInfo.InvariantCulture, $"{type.ToLowerInvariant()}_{++_count}");
        var node = new NodeProto { OpType = type, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        _graph.Node.Add(node);
        return output;
    }

    /// <summary>Ends the graph: the last node's output gets a name, and input and output their types.</summary>
    public GraphProto Finish(string name, ValueInfoProto input, ValueInfoProto output)
    {
        _graph.Name = name;
        _graph.Node[^1].Output[0] = output.Name;
        _graph.Input.Add(input);
        _graph.Output.Add(output);
        return _graph;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case long whole:
                (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, whole);
                break;
            case float real:
                (attribute.Type, attribute.F) = (AttributeProto.Types.AttributeType.Float, real);
                break;
            case string text:
                (attribute.Type, attribute.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFrom(text, Encoding.UTF8));
                break;
            case IEnumerable<long> list:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange(list);
                break;
            default:
                throw new ArgumentException($"An attribute can not be a {value.GetType().Name}.", nameof(value));
        }

        return attribute;
    }
}
