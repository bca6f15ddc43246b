using LabelServer.Inference.Networks;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Models;

/// <summary>Refuses models whose work or size their file does not bound: loops, and functions that grow beyond measure.</summary>
/// <remarks>
/// <para>How often a loop runs may depend on what it computes, so nobody can tell whether a window ever ends. Branches (<c>If</c>), which exporters write for shapes, are fine.</para>
/// <para>ONNX Runtime writes a model's own functions out where they are called: forty of them that each call the next one twice become a million million nodes, and one that calls itself never ends.</para>
/// </remarks>
internal static class GraphLimits
{
    /// <summary>The most nodes that a model may have once its functions are written out. Networks of this field have some thousands.</summary>
    public const long MaxNodes = 1_000_000;

    private const int MaxDepth = 64;

    /// <summary>Checks the model.</summary>
    /// <exception cref="NetworkWeightsException">It is beyond the limits; says which.</exception>
    public static void Check(ModelProto model, string name) => new Counter(model, name).Check();

    private sealed class Counter
    {
        private readonly ModelProto _model;
        private readonly string _name;
        private readonly ILookup<(string Domain, string Type), FunctionProto> _functions;
        private readonly Dictionary<FunctionProto, long> _sizes = new(ReferenceEqualityComparer.Instance);
        private int _depth;

        public Counter(ModelProto model, string name) => (_model, _name, _functions) = (model, name, model.Functions.ToLookup(f => (f.Domain, f.Name)));

        public void Check()
        {
            Nodes(_model.Graph.Node);
            foreach (var function in _model.Functions)
                Size(function);
        }

        private long Nodes(IEnumerable<NodeProto> nodes)
        {
            var count = 0L;
            foreach (var node in nodes)
            {
                count += 1 + Inside(node);
                if (count > MaxNodes)
                    throw new NetworkWeightsException($"'{_name}' has more than {MaxNodes} nodes once its functions are written out, and is not loaded.");
            }

            return count;
        }

        private long Inside(NodeProto node)
        {
            if (_functions.Contains((node.Domain, node.OpType)))
                return _functions[(node.Domain, node.OpType)].Max(Size);
            if (node.OpType == "Loop")
                throw new NetworkWeightsException($"'{_name}' has a loop (the node '{node.Name}'), which may never end; it is not loaded. Export the network with its loops unrolled.");
            return node.Attribute.Sum(a => a.Graphs.Append(a.G).Where(g => g is not null).Sum(g => Nodes(g.Node)));
        }

        private long Size(FunctionProto function)
        {
            if (_sizes.TryGetValue(function, out var known))
                return known;
            if (++_depth > MaxDepth)
                throw new NetworkWeightsException($"'{_name}' has functions that call themselves, or more than {MaxDepth} within each other (at '{function.Name}'), and is not loaded.");
            var size = Nodes(function.Node);
            _depth--;
            return _sizes[function] = size;
        }
    }
}
