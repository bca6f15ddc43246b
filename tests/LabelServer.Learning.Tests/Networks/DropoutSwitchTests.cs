using System.Runtime.InteropServices;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks;

[Collection(GlobalRandomCollection.Name)]
public sealed class DropoutSwitchTests
{
    [Fact]
    public void SegResNet_DropsOnlyWhileItIsTurnedOn_AndTheSameSeedDropsTheSame()
    {
        using var network = TorchNetwork.FromModule(
            new SegResNet(new SegResNetOptions { InitFilters = 8, OutChannels = 2, BlocksDown = [1, 1], BlocksUp = [1] }), "net", new NetworkOptions(NetworkPrecision.Float32), 1, 2);
        var input = Enumerable.Range(0, 512).Select(i => MathF.Sin(i)).ToArray();
        float[] Run()
        {
            using var output = network.Run(input, new WindowBatchShape(1, 1, new GridSize(8, 8, 8)), TestContext.Current.CancellationToken);
            return ValuesOf(output);
        }

        var plain = Run();
        Assert.Equal(plain, Run());
        Assert.True(network.UseDropout(0.4, 7));
        var (first, second) = (Run(), Run());
        Assert.NotEqual(plain, first);
        Assert.NotEqual(first, second);
        network.UseDropout(0.4, 7);
        Assert.Equal(first, Run());
        Assert.Equal(second, Run());
        network.UseDropout(null, 0);
        Assert.Equal(plain, Run());
    }

    [Fact]
    public void LayersOfOtherNetworks_AreTurnedOn_AndNormalisationStays()
    {
        using var norm = nn.BatchNorm3d(2);
        using var dropout = nn.Dropout3d(0.5);
        using var module = nn.Sequential(("norm", norm), ("drop", dropout));
        module.eval();
        Assert.True(DropoutSwitch.Set(module, 0.5, 1));
        Assert.True(dropout.training);
        Assert.False(norm.training);
        DropoutSwitch.Set(module, null, 0);
        Assert.False(dropout.training);
        using var none = nn.Conv3d(1, 1, 1);
        Assert.False(DropoutSwitch.Set(none, 0.5, 1));
    }

    private static float[] ValuesOf(NetworkOutput output)
    {
        var values = new float[output.Size.VoxelCount * output.Channels];
        Marshal.Copy(output.Window(0), values, 0, values.Length);
        return values;
    }
}
