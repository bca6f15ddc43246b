using LabelServer.Inference.Pipelines;

namespace LabelServer.Worker.Calls;

/// <summary>Opens bundles with the networks of the process.</summary>
/// <param name="factory">Where runners come from; made at the first use, since it loads native libraries.</param>
internal sealed class BundleOpener(Func<BundleRunnerFactory> factory) : IBundleOpener
{
    private readonly Lazy<BundleRunnerFactory> _factory = new(factory);

    /// <inheritdoc/>
    public IBundleRunner Open(string folder) => _factory.Value.Open(folder);
}
