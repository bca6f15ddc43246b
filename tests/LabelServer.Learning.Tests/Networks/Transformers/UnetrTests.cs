using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using LabelServer.Learning.Networks.Transformers;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks.Transformers;

public sealed class UnetrTests
{
    private static UnetrOptions Small => new() { InChannels = 1, OutChannels = 2, ImageSize = [32, 32, 16], FeatureSize = 2, HiddenSize = 12, MlpSize = 8, Heads = 3 };

    [Fact]
    public void Forward_OfAnotherSize_ThrowsNamingBoth()
    {
        using var scope = NewDisposeScope();
        using var network = new Unetr(Small);

        var error = Assert.Throws<ArgumentException>(() => network.call(zeros([1, 1, 32, 32, 32])));

        Assert.StartsWith("UNETR was built for images of 32 × 32 × 16, not 32 × 32 × 32; roi_size must be img_size", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fill_WithWeightsOfOtherMonaiVersions_TakesThem()
    {
        using var scope = NewDisposeScope();
        using var network = new Unetr(Small);
        var weights = network.state_dict().Where(w => !w.Key.Contains("norm_cross_attn", StringComparison.Ordinal)).ToDictionary(w => w.Key, w => ones(w.Value.shape));
        weights["vit.blocks.0.cross_attn.to_q.weight"] = zeros([12, 12]);

        ModuleWeights.Fill(network, weights, "model.pt");

        Assert.Equal(1, network.get_parameter("vit.blocks.11.attn.qkv.weight")!.mean().item<float>());
    }

    [Fact]
    public void Fill_WithoutAWeightThatIsRead_ThrowsNamingIt()
    {
        using var scope = NewDisposeScope();
        using var network = new Unetr(Small);
        var weights = network.state_dict().Where(w => w.Key != "vit.norm.bias").ToDictionary(w => w.Key, w => w.Value);

        var error = Assert.Throws<NetworkWeightsException>(() => ModuleWeights.Fill(network, weights, "model.pt"));

        Assert.Contains("1 missing (vit.norm.bias)", error.Message, StringComparison.Ordinal);
    }
}
