using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks.Classifiers;
using LabelServer.Learning.Networks.Transformers;

namespace LabelServer.Learning.Networks;

/// <summary>Knows which of MONAI's <c>_target_</c> names is which network of ours.</summary>
/// <remarks>Names are accepted bare (<c>SegResNet</c>) and in full (<c>monai.networks.nets.SegResNet</c>, <c>monai.networks.nets.segresnet.SegResNet</c>).</remarks>
public sealed class NetworkRegistry
{
    private const string Package = "monai.networks.nets.";
    private readonly Dictionary<string, Func<ConfigValue.Component, NetworkDescription>> _builders = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _classifiers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A registry with all networks of this program.</summary>
    public static NetworkRegistry CreateDefault()
    {
        var registry = new NetworkRegistry();
        registry.Register("SegResNet", SegResNetDefinition.Build);
        registry.Register("UNet", UNet.Build);
        registry.Register("BasicUNet", BasicUNet.Build);
        registry.Register("AttentionUnet", AttentionUnet.Build);
        registry.Register("DynUNet", DynUNet.Build);
        registry.Register("SegResNetDS", SegResNetDS.Build);
        registry.Register("VNet", VNet.Build);
        registry.Register("HighResNet", HighResNet.Build);
        registry.Register("UNETR", Unetr.Build);
        registry.Register("SwinUNETR", SwinUnetr.Build);
        registry.RegisterClassifiers();
        return registry;
    }

    /// <summary>The names known.</summary>
    public IReadOnlyCollection<string> Names => _builders.Keys;

    /// <summary>Adds a network under MONAI's class name.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Register(string name, Func<ConfigValue.Component, NetworkDescription> builder) => _builders.Add(name, builder);

    /// <summary>Adds a network that gives scores for a whole image.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void RegisterClassifier(string name, Func<ConfigValue.Component, NetworkDescription> builder)
    {
        Register(name, builder);
        _classifiers.Add(name);
    }

    /// <summary>True when the target is one of ours.</summary>
    public bool Knows(string target) => Find(target) is not null;

    /// <summary>True when the target is one of ours and gives scores for each voxel.</summary>
    public bool Segments(string target) => Knows(target) && !_classifiers.Contains(BareName(target));

    /// <summary>As <see cref="Build"/>, for networks that give scores for each voxel.</summary>
    /// <exception cref="NetworkUnsupportedException">The target or an argument is not supported, or it classifies whole images.</exception>
    public NetworkDescription BuildSegmentation(ConfigValue.Component definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return !Knows(definition.Target) || Segments(definition.Target) ? Build(definition) : throw new NetworkUnsupportedException(
            $"{definition.Id}: the network '{definition.Target}' classifies whole images, and only networks that give a score for each voxel are offered here.");
    }

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
        var name = BareName(target);
        var bare = name.Length == target.Length;
        return (bare || target.StartsWith(Package, StringComparison.Ordinal)) && _builders.TryGetValue(name, out var builder) ? builder : null;
    }

    private static string BareName(string target) => target[(target.LastIndexOf('.') + 1)..];

    private void RegisterClassifiers()
    {
        RegisterClassifier("DenseNet", DenseNet.Builder(6, 12, 24, 16));
        RegisterClassifier("DenseNet121", DenseNet.Builder(6, 12, 24, 16));
        RegisterClassifier("DenseNet169", DenseNet.Builder(6, 12, 32, 32));
        RegisterClassifier("DenseNet201", DenseNet.Builder(6, 12, 48, 32));
        RegisterClassifier("DenseNet264", DenseNet.Builder(6, 12, 64, 48));
        RegisterClassifier("ResNet", ResNet.Build);
        RegisterClassifier("resnet10", ResNet.Builder(hasBottlenecks: false, 1, 1, 1, 1));
        RegisterClassifier("resnet18", ResNet.Builder(hasBottlenecks: false, 2, 2, 2, 2));
        RegisterClassifier("resnet34", ResNet.Builder(hasBottlenecks: false, 3, 4, 6, 3));
        RegisterClassifier("resnet50", ResNet.Builder(hasBottlenecks: true, 3, 4, 6, 3));
        RegisterClassifier("resnet101", ResNet.Builder(hasBottlenecks: true, 3, 4, 23, 3));
        RegisterClassifier("resnet152", ResNet.Builder(hasBottlenecks: true, 3, 8, 36, 3));
        RegisterClassifier("resnet200", ResNet.Builder(hasBottlenecks: true, 3, 24, 36, 3));
    }
}
