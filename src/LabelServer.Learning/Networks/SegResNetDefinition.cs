using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks;

/// <summary>Builds a <see cref="SegResNet"/> from a bundle's definition.</summary>
internal static class SegResNetDefinition
{
    /// <summary>Builds the network.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    public static NetworkDescription Build(ConfigValue.Component definition)
    {
        var options = SegResNetOptionsReader.Read(definition);
        return new NetworkDescription(new SegResNet(options), options.SpatialDims, options.InChannels, options.ClassCount);
    }
}
