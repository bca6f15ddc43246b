using System.Text.Json;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using LabelServer.Testing;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks;

/// <summary>Definitions that libtorch would refuse while an image is computed, in words about tensors: they are refused when the network is built, in words about their arguments.</summary>
public sealed class NetworkDefinitionTests
{
    [Theory]
    [InlineData("SegResNet", """{"init_filters": 12}""", "init_filters is 12, and norm has 8 groups")]
    [InlineData("SegResNet", """{"init_filters": 8, "norm": ["GROUP", {"num_groups": 0}]}""", "norm has 0 groups")]
    [InlineData("SegResNet", """{"norm": ["GROUP", {"num_groups": 4, "num_channels": 5}]}""", "'num_channels' = 5 where the network has 8 channels")]
    [InlineData("SegResNet", """{"dropout_prob": 1.5}""", "'dropout_prob' is")]
    [InlineData("SegResNet", """{"spatial_dims": 4}""", "'spatial_dims' is")]
    [InlineData("SegResNet", """{"act": ["CELU", {"alpha": 0}]}""", "'alpha' = 0")]
    [InlineData("SegResNetDS", """{"init_filters": 12, "norm": ["GROUP", {"num_groups": 8}]}""", "'num_groups' = 8, into which 12 channels cannot be divided")]
    [InlineData("SegResNetDS", """{"norm": ["BATCH", {"num_features": 7}]}""", "'num_features' = 7")]
    [InlineData("UNet", """{"channels": [4, 8], "strides": [2], "norm": ["GROUP", {"num_groups": 3}]}""", "'num_groups' = 3, into which")]
    [InlineData("UNet", """{"channels": [4, 0], "strides": [2]}""", "channels in and 0 out")]
    [InlineData("UNet", """{"channels": [4, 8], "strides": [2], "in_channels": -1}""", "-1 channels in")]
    [InlineData("UNet", """{"channels": [4, 8], "strides": [2], "kernel_size": 2}""", "'kernel_size' is")]
    [InlineData("UNet", """{"channels": [4, 8], "strides": [2], "up_kernel_size": [3, 3, 4]}""", "'up_kernel_size' is")]
    [InlineData("UNet", """{"channels": [4, 8], "strides": [2], "num_res_units": -1}""", "num_res_units is -1")]
    [InlineData("UNet", """{"channels": [4, 8], "strides": [2], "dimensions": 1}""", "'dimensions' is")]
    [InlineData("UNet", """{"channels": [4, 8], "strides": [2], "act": ["PRELU", {"num_parameters": 0}]}""", "'num_parameters' = 0")]
    [InlineData("BasicUNet", """{"features": [4, 4, 4, 4, 1, 4]}""", "channels in and 0 out")]
    [InlineData("BasicUNet", """{"spatial_dims": 1}""", "'spatial_dims' is")]
    [InlineData("AttentionUnet", """{"channels": [1, 8], "strides": [2]}""", "0 out")]
    [InlineData("AttentionUnet", """{"channels": [4, 8], "strides": [2], "kernel_size": 4}""", "'kernel_size' is")]
    [InlineData("DynUNet", """{"kernel_size": [3, 3, 3], "strides": [1, 2, 2], "upsample_kernel_size": [2, 4], "filters": [4, 8, 8]}""", "upsample_kernel_size 4 × 4 × 4 does not undo strides 2 × 2 × 2 of level 2")]
    [InlineData("DynUNet", """{"kernel_size": [3, 2, 3], "strides": [1, 2, 2], "upsample_kernel_size": [2, 2], "filters": [4, 8, 8]}""", "kernel_size 2 × 2 × 2 and strides 2 × 2 × 2 of level 1")]
    [InlineData("DynUNet", """{"kernel_size": [3, 1, 3], "strides": [1, 4, 2], "upsample_kernel_size": [4, 2], "filters": [4, 8, 8]}""", "kernel_size 1 × 1 × 1 and strides 4 × 4 × 4 of level 1")]
    [InlineData("VNet", """{"dropout_prob_up": [0.5, 2]}""", "'dropout_prob_up' is")]
    [InlineData("HighResNet", """{"norm_type": ["GROUP", {"num_groups": 7}]}""", "'num_groups' = 7")]
    [InlineData("HighResNet", """{"out_channels": 0}""", "0 out")]
    [InlineData("UNETR", """{"img_size": 32, "num_heads": 0}""", "num_heads 0")]
    [InlineData("UNETR", """{"img_size": 32, "feature_size": 0}""", "feature_size 0")]
    [InlineData("SwinUNETR", """{"patch_size": 4}""", "patch_size is 4")]
    [InlineData("SwinUNETR", """{"mlp_ratio": 0.01}""", "mlp_ratio is 0.01")]
    [InlineData("SwinUNETR", """{"attn_drop_rate": -0.1}""", "'attn_drop_rate' is")]
    [InlineData("DenseNet121", """{"spatial_dims": 3, "in_channels": 1, "out_channels": 2, "bn_size": 0}""", "0 out")]
    [InlineData("DenseNet121", """{"spatial_dims": 3, "in_channels": 1, "out_channels": 2, "norm": ["GROUP", {"num_groups": 48}]}""", "'num_groups' = 48")]
    [InlineData("resnet10", """{"spatial_dims": 1}""", "'spatial_dims' is")]
    public void Build_OfWhatCannotRun_IsRefusedNamingTheArgument(string target, string arguments, string expected)
    {
        var error = Assert.Throws<NetworkUnsupportedException>(() => Build(target, arguments).Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SegResNet", """{"init_filters": 12, "norm": ["GROUP", {"num_groups": 4}]}""")]
    [InlineData("SegResNet", """{"init_filters": 12, "norm": "INSTANCE"}""")]
    [InlineData("UNet", """{"channels": [4, 8], "strides": [2], "kernel_size": [1, 3, 5], "num_res_units": 2, "norm": ["BATCH", {"affine": false}]}""")]
    [InlineData("AttentionUnet", """{"channels": [2, 4, 8], "strides": [2, 2], "dropout": 1}""")]
    [InlineData("DynUNet", """{"kernel_size": [[1, 3, 3], 3, 3], "strides": [1, [1, 2, 2], 2], "upsample_kernel_size": [[1, 2, 2], 2], "filters": [4, 8, 8]}""")]
    [InlineData("DynUNet", """{"kernel_size": [3, 1, 3], "strides": [1, 2, 2], "upsample_kernel_size": [2, 2], "filters": [4, 8, 8], "res_block": true}""")]
    [InlineData("BasicUNet", """{"features": [2, 2, 2, 2, 2, 2]}""")]
    public void Build_NearTheLine_Runs(string target, string arguments)
    {
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        using var module = Build(target, arguments);
        module.eval();
        Assert.Equal([1, 2, 32, 32, 32], module.call(rand([1, 1, 32, 32, 32])).shape);
    }

    private static nn.Module<Tensor, Tensor> Build(string target, string arguments)
    {
        // The number of classes that all of them are asked for, where the case says none.
        var text = arguments.Contains("out_channels", StringComparison.Ordinal) ? arguments : arguments[..^1] + ""","out_channels": 2}""";
        text = target.StartsWith("resnet", StringComparison.Ordinal) ? arguments : text;
        using var json = JsonDocument.Parse(text);
        return NetworkRegistry.CreateDefault().Build(JsonConfig.Component(target, json.RootElement)).Module;
    }
}
