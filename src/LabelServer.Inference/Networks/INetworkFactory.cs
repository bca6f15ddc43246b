using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Networks;

/// <summary>Makes networks for one runtime. The pipeline knows networks only through this.</summary>
public interface INetworkFactory
{
    /// <summary>Whether this runtime has the component's <c>_target_</c>, such as <c>SegResNet</c> or <c>monai.networks.nets.SegResNet</c>.</summary>
    bool Supports(ConfigValue.Component definition);

    /// <summary>Builds the network and fills it with weights; every key must fit.</summary>
    /// <param name="definition">The bundle's network definition.</param>
    /// <param name="weightsFile">A checkpoint: torch zip, legacy pickle or safetensors.</param>
    /// <param name="options">Precision and device.</param>
    /// <param name="cancellationToken">Stops the work between its steps.</param>
    /// <exception cref="NetworkUnsupportedException">The target or one of its arguments is not supported.</exception>
    /// <exception cref="NetworkWeightsException">Keys are missing, unexpected, or of another shape; the message names them.</exception>
    /// <exception cref="NetworkException">The device is not there.</exception>
    Task<INetwork> CreateAsync(ConfigValue.Component definition, string weightsFile, NetworkOptions options, CancellationToken cancellationToken);

    /// <summary>Whether this runtime loads whole networks of that kind.</summary>
    /// <param name="file">The file; only its extension is looked at: <c>.ts</c> is TorchScript, <c>.onnx</c> is ONNX.</param>
    bool SupportsWhole(string file);

    /// <summary>Loads a whole network (code and weights) from a TorchScript or ONNX file.</summary>
    /// <param name="file">The <c>.ts</c> or <c>.onnx</c> file.</param>
    /// <param name="options">Precision and device.</param>
    /// <param name="cancellationToken">Stops the work between its steps.</param>
    /// <exception cref="NetworkUnsupportedException">This runtime has no networks of that kind.</exception>
    /// <exception cref="NetworkException">The file can not be loaded, or the device is not there.</exception>
    Task<INetwork> LoadWholeAsync(string file, NetworkOptions options, CancellationToken cancellationToken);
}
