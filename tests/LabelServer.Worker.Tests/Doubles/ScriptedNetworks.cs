using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;

namespace LabelServer.Worker.Tests.Doubles;

/// <summary>Makes networks as the test says; knows the networks and files that it is told to.</summary>
internal sealed class ScriptedNetworks(Func<NetworkOptions, INetwork> create, string target = "SegResNet", string extension = ".onnx") : INetworkFactory
{
    public List<NetworkOptions> Asked { get; } = [];

    public bool Supports(ConfigValue.Component definition) => definition.Target == target;

    public bool SupportsWhole(string file) => Path.GetExtension(file) == extension;

    public Task<INetwork> CreateAsync(ConfigValue.Component definition, string weightsFile, NetworkOptions options, CancellationToken cancellationToken) => LoadWholeAsync(weightsFile, options, cancellationToken);

    public Task<INetwork> LoadWholeAsync(string file, NetworkOptions options, CancellationToken cancellationToken)
    {
        Asked.Add(options);
        return Task.FromResult(create(options));
    }
}
