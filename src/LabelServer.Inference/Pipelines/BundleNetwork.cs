using LabelServer.Bundles;
using LabelServer.Bundles.Config;
using LabelServer.Bundles.Metadata;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Pipelines;

/// <summary>The network of a bundle: what defines it, and which file holds its weights.</summary>
/// <param name="Definition">The definition, or null when the file is a whole network.</param>
/// <param name="WeightsFile">Full path of the weights, which need not be there.</param>
/// <param name="SpatialDims">2 or 3.</param>
/// <param name="Metadata">The bundle's metadata.</param>
public sealed record BundleNetwork(ConfigValue.Component? Definition, string WeightsFile, int SpatialDims, BundleMetadata Metadata)
{
    /// <summary>Finds it as an inference would.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="networks">The networks that are known.</param>
    /// <param name="modelFilename">As in <see cref="InferenceRequest.ModelFilename"/>.</param>
    /// <param name="highRes">As in <see cref="InferenceRequest.HighRes"/>.</param>
    /// <exception cref="BundleException">It is no bundle, or a config is wrong.</exception>
    /// <exception cref="BundleUnsupportedException">A component is not supported.</exception>
    /// <exception cref="InferenceParameterException">A parameter is out of range or not offered.</exception>
    public static BundleNetwork Find(string folder, INetworkFactory networks, string? modelFilename, bool? highRes)
    {
        var planner = new BundlePlanner(Bundle.Open(folder), TransformRegistry.CreateDefault(), networks);
        var plan = planner.Plan(new InferenceRequest { ImageName = string.Empty, ModelFilename = modelFilename, HighRes = highRes });
        return new BundleNetwork(plan.Network, plan.WeightsFile, plan.SpatialDims, planner.Bundle.Metadata);
    }
}
