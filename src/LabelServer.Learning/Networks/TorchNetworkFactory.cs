using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks;

/// <summary>Networks on TorchSharp: modules of this program with a checkpoint's weights, and TorchScript files.</summary>
/// <param name="registry">The networks known; all of this program when null.</param>
public sealed class TorchNetworkFactory(NetworkRegistry? registry = null) : INetworkFactory
{
    private readonly NetworkRegistry _registry = registry ?? NetworkRegistry.CreateDefault();

    /// <inheritdoc/>
    public bool Supports(ConfigValue.Component definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return _registry.Segments(definition.Target);
    }

    /// <inheritdoc/>
    /// <exception cref="CheckpointException">The file is no checkpoint, is damaged, or holds what is not read.</exception>
    public Task<INetwork> CreateAsync(ConfigValue.Component definition, string weightsFile, NetworkOptions options, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                var description = _registry.BuildSegmentation(definition);
                try
                {
                    using (var checkpoint = Checkpoint.Read(weightsFile, cancellation: cancellationToken))
                    {
                        ModuleWeights.Fill(description.Module, checkpoint, Path.GetFileName(weightsFile), cancellationToken);
                    }

                    var name = definition.Target[(definition.Target.LastIndexOf('.') + 1)..];
                    return (INetwork)TorchNetwork.FromModule(description.Module, name, options, description.InputChannels, description.OutputChannels);
                }
                catch
                {
                    description.Module.Dispose();
                    throw;
                }
            },
            cancellationToken);

    /// <inheritdoc/>
    public bool SupportsWhole(string file) => !Path.GetExtension(file).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public Task<INetwork> LoadWholeAsync(string file, NetworkOptions options, CancellationToken cancellationToken) =>
        Task.Run(() => (INetwork)TorchNetwork.FromScript(file, options), cancellationToken);
}
