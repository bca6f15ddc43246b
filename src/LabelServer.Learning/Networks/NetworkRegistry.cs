using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks;

/// <summary>Knows which of MONAI's <c>_target_</c> names is which network of ours.</summary>
/// <remarks>Names are accepted bare (<c>SegResNet</c>) and in full (<c>monai.networks.nets.SegResNet</c>, <c>monai.networks.nets.segresnet.SegResNet</c>).</remarks>
public sealed class NetworkRegistry
{
    private const string Package = "monai.networks.nets.";
    private readonly Dictionary<string, Func<ConfigValue.Component, NetworkDescription>> _builders = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A registry with all networks of this program.</summary>
    public static NetworkRegistry CreateDefault()
    {
        var registry = new NetworkRegistry();
        registry.Register("SegResNet", SegResNetDefinition.Build);
        registry.Register("UNet", UNet.Build);
        registry.Register("BasicUNet", BasicUNet.Build);
        registry.Register("AttentionUnet", AttentionUnet.Build);
        registry.Register("DynUNet", DynUNet.Build);
        return registry;
    }

    /// <summary>The names known.</summary>
    public IReadOnlyCollection<string> Names => _builders.Keys;

    /// <summary>Adds a network under MONAI's class name.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Register(string name, Func<ConfigValue.Component, NetworkDescription> builder) => _builders.Add(name, builder);

    /// <summary>True when the target is one of ours.</summary>
    public bool Knows(string target) => Find(target) is not null;

    /// <summary>Builds a network with initial weights.</summary>
    /// <param name="definition">The bundle's network definition.</param>
    /// <exception cref="NetworkUnsupportedException">The target or an argument is not supported; names it.</exception>
    public NetworkDescription Build(ConfigValue.Component definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var builder = Find(definition.Target) ?? throw new NetworkUnsupportedException(
            $"{definition.Id}: the network '{definition.Target}' is not supported; supported: {string.Join(", ", _builders.Keys)}, or a TorchScript file as a whole network.");
        return builder(definition);
    }

    private Func<ConfigValue.Component, NetworkDescription>? Find(string target)
    {
        var name = target[(target.LastIndexOf('.') + 1)..];
        var bare = name.Length == target.Length;
        return (bare || target.StartsWith(Package, StringComparison.Ordinal)) && _builders.TryGetValue(name, out var builder) ? builder : null;
    }
}
