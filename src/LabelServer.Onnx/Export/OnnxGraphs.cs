using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Export;

/// <summary>Knows which of MONAI's networks can be written as ONNX models.</summary>
internal static class OnnxGraphs
{
    private const string Package = "monai.networks.nets.";
    private const string SegResNet = "SegResNet";

    /// <summary>Whether the definition is one of them. Names are accepted bare and in full.</summary>
    public static bool Knows(ConfigValue.Component definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var name = definition.Target[(definition.Target.LastIndexOf('.') + 1)..];
        return name.Equals(SegResNet, StringComparison.OrdinalIgnoreCase) && (name.Length == definition.Target.Length || definition.Target.StartsWith(Package, StringComparison.Ordinal));
    }

    /// <summary>Writes the network with the weights of a checkpoint.</summary>
    /// <param name="definition">The bundle's network definition.</param>
    /// <param name="checkpoint">The weights; every key must fit.</param>
    /// <param name="source">What the weights are called in messages.</param>
    /// <param name="options">Names, precision, properties.</param>
    /// <param name="cancellationToken">Looked at before each tensor.</param>
    /// <exception cref="NetworkUnsupportedException">The network or an argument of it is not supported.</exception>
    /// <exception cref="NetworkWeightsException">Keys are missing or unexpected, or a tensor has another shape.</exception>
    public static ModelProto Build(ConfigValue.Component definition, Checkpoint checkpoint, string source, OnnxGraphOptions options, CancellationToken cancellationToken)
    {
        if (!Knows(definition))
        {
            throw new NetworkUnsupportedException($"{definition.Id}: the network '{definition.Target}' can not be written as ONNX; supported: {SegResNet}.");
        }

        var network = SegResNetOptionsReader.Read(definition);
        var weights = new GraphWeights(checkpoint, source, cancellationToken);
        var model = new SegResNetGraph(network, weights, options).Build();
        weights.RequireAllUsed();
        return model;
    }
}
