using LabelServer.Bundles;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines.Caching;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Pipelines;

/// <summary>Opens bundles for inference with one runtime's networks.</summary>
/// <param name="networks">Where networks come from.</param>
/// <param name="options">Limits and choices that hold for all bundles; default when null.</param>
/// <param name="transforms">The transforms known; all of this program when null.</param>
/// <param name="time">The clock for latencies; the system's when null.</param>
public sealed class BundleRunnerFactory(INetworkFactory networks, BundleRunnerOptions? options = null, TransformRegistry? transforms = null, TimeProvider? time = null)
{
    private readonly BundleRunnerOptions _options = options ?? new BundleRunnerOptions();
    private readonly TransformRegistry _transforms = transforms ?? TransformRegistry.CreateDefault();
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Opens a bundle's folder and checks that its configs can be run. Weights are read at the first request that needs them.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <exception cref="BundleException">It is no bundle, or a config is wrong.</exception>
    /// <exception cref="BundleUnsupportedException">A component or an expression is not supported; the message lists all of them.</exception>
    /// <exception cref="TransformConfigException">A chain cannot be built; the message lists all problems.</exception>
    public IBundleRunner Open(string folder) => Open(Bundle.Open(folder));

    /// <summary>Checks that a bundle can be run. Weights are read at the first request that needs them.</summary>
    /// <inheritdoc cref="Open(string)"/>
    public IBundleRunner Open(Bundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        var planner = new BundlePlanner(bundle, _transforms, networks);
        planner.Plan(new InferenceRequest { ImageName = string.Empty });
        return new BundleRunner(planner, new NetworkCache(networks, _options.MaxLoadedNetworks), new RunCache(_options), _options, _time);
    }
}
