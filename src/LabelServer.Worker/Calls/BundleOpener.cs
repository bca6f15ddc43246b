using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;

namespace LabelServer.Worker.Calls;

/// <summary>Opens bundles with the networks of the process. Each opening has networks of its own, since a lane uses them at the same time as another.</summary>
/// <param name="networks">Where networks come from.</param>
/// <param name="options">What is kept of earlier requests.</param>
internal sealed class BundleOpener(INetworkFactory networks, BundleRunnerOptions options) : IBundleOpener
{
    private readonly BundleRunnerFactory _factory = new(networks, options);

    /// <inheritdoc/>
    public IBundleRunner Open(string folder) => _factory.Open(folder);
}
