using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Models;

/// <summary>Walks through the tensors of a model, wherever they stand: initialisers, attributes, sub-graphs, functions, training information.</summary>
internal static class ModelTensors
{
    /// <summary>All of them.</summary>
    public static IEnumerable<TensorProto> All(ModelProto model) =>
    [
        .. Graph(model.Graph),
        .. model.Functions.SelectMany(f => f.Node.SelectMany(n => n.Attribute).Concat(f.AttributeProto).SelectMany(Attribute)),
        .. model.TrainingInfo.SelectMany(t => Graph(t.Initialization).Concat(Graph(t.Algorithm))),
    ];

    private static IEnumerable<TensorProto> Graph(GraphProto? graph) => graph is null
        ? []
        : graph.Initializer.Concat(graph.SparseInitializer.SelectMany(Sparse)).Concat(graph.Node.SelectMany(n => n.Attribute).SelectMany(Attribute));

    private static IEnumerable<TensorProto> Attribute(AttributeProto attribute) =>
        One(attribute.T)
            .Concat(attribute.Tensors)
            .Concat(Graph(attribute.G))
            .Concat(attribute.Graphs.SelectMany(Graph))
            .Concat(Sparse(attribute.SparseTensor))
            .Concat(attribute.SparseTensors.SelectMany(Sparse));

    private static IEnumerable<TensorProto> Sparse(SparseTensorProto? sparse) => sparse is null ? [] : One(sparse.Values).Concat(One(sparse.Indices));

    private static IEnumerable<TensorProto> One(TensorProto? tensor) => tensor is null ? [] : [tensor];
}
