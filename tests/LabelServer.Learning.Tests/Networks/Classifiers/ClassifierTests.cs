using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks.Classifiers;

public sealed class ClassifierTests
{
    private static ConfigValue.Component Definition(string name, bool pretrained) => new(
        "network_def",
        name,
        [new("spatial_dims", new ConfigValue.Integer(2)), new("pretrained", new ConfigValue.Boolean(pretrained)), new("progress", new ConfigValue.Boolean(false))]);

    [Fact]
    public void BuildSegmentation_OfAClassifier_ThrowsSayingWhy()
    {
        var error = Assert.Throws<NetworkUnsupportedException>(() => NetworkRegistry.CreateDefault().BuildSegmentation(Definition("resnet18", pretrained: false)));

        Assert.StartsWith("network_def: the network 'resnet18' classifies whole images", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("monai.networks.nets.DenseNet121", false)]
    [InlineData("ResNet", false)]
    [InlineData("SwinUNETR", true)]
    [InlineData("monai.networks.nets.SegResNetDS", true)]
    public void Supports_Network_OnlyWhereItSegments(string target, bool supported) =>
        Assert.Equal(supported, new TorchNetworkFactory().Supports(new ConfigValue.Component("network_def", target, [])));

    [Fact]
    public void Build_WithPretrainedWeights_ThrowsWithTheWayOut()
    {
        var error = Assert.Throws<NetworkUnsupportedException>(() => NetworkRegistry.CreateDefault().Build(Definition("resnet18", pretrained: true)));

        Assert.Contains("'pretrained' is true, and weights are not fetched; set it to false", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A", (17 * 6) + 2)]
    [InlineData("B", (17 * 6) + (3 * 7) + 2)]
    public void Build_Resnet18_HasMonaisKeysForEitherShortcut(string shortcut, int keys)
    {
        using var scope = NewDisposeScope();
        var definition = new ConfigValue.Component(
            "network_def", "resnet18", [new("spatial_dims", new ConfigValue.Integer(2)), new("shortcut_type", new ConfigValue.Text(shortcut)), new("num_classes", new ConfigValue.Integer(2))]);

        using var module = NetworkRegistry.CreateDefault().Build(definition).Module;
        module.eval();

        // 17 convolutions with batch normalisation (6 keys), in B three more around blocks, with a bias (7), and the linear layer (2).
        Assert.Equal(keys, module.state_dict().Count);
        Assert.Equal([1, 2], module.call(zeros([1, 3, 32, 32])).shape);
    }
}
