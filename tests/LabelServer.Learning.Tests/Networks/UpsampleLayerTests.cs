using LabelServer.Learning.Networks;
using static TorchSharp.torch;
using UpsampleMode = LabelServer.Inference.Networks.UpsampleMode;

namespace LabelServer.Learning.Tests.Networks;

public sealed class UpsampleLayerTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Forward_PixelShuffle_LaysChannelsSideBySideAndAveragesLowerNeighbours(int dims)
    {
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        using var layer = new UpsampleLayer(dims, 2, UpsampleMode.PixelShuffle);
        var input = dims == 2 ? randn([1, 2, 3, 4]) : randn([1, 2, 3, 4, 2]);
        var weight = layer.get_parameter("pixelshuffle.conv_block.weight")!;
        var bias = layer.get_parameter("pixelshuffle.conv_block.bias")!;
        var wide = dims == 2 ? nn.functional.conv2d(input, weight, bias, padding: [1, 1]) : nn.functional.conv3d(input, weight, bias, padding: [1, 1, 1]);

        var output = layer.call(input);

        var depth = dims == 2 ? 1 : 4;
        Assert.Equal(dims == 2 ? [1, 2, 6, 8] : [1, 2, 6, 8, 4], output.shape);
        for (var c = 0; c < 2; c++)
        {
            for (var voxel = 0; voxel < 6 * 8 * depth; voxel++)
            {
                int x = voxel / (8 * depth), y = voxel / depth % 8, z = voxel % depth;
                var expected = 0f;
                for (var n = 0; n < 1 << dims; n++)
                {
                    expected += At(wide, c, x - (n & 1), y - ((n >> 1) & 1), z - (n >> 2), dims);
                }

                var actual = (dims == 2 ? output[0, c, x, y] : output[0, c, x, y, z]).item<float>();
                Assert.Equal(expected / (1 << dims), actual, 1e-5f);
            }
        }
    }

    [Fact]
    public void Forward_PixelShuffleAtStart_HasNoCheckerboard()
    {
        using var scope = NewDisposeScope();
        using var layer = new UpsampleLayer(2, 3, UpsampleMode.PixelShuffle);
        var weight = layer.get_parameter("pixelshuffle.conv_block.weight")!;

        for (var c = 0; c < 3; c++)
        {
            for (var offset = 1; offset < 4; offset++)
            {
                Assert.True(weight[c * 4].Equals(weight[(c * 4) + offset]));
            }
        }

        Assert.False(weight[0].Equals(weight[4]));
    }

    // Channel c at sub-voxel (x % 2, y % 2, z % 2) of the small voxel; 0 outside.
    private static float At(Tensor wide, int c, int x, int y, int z, int dims)
    {
        if (x < 0 || y < 0 || z < 0)
        {
            return 0;
        }

        return dims == 2
            ? wide[0, (c * 4) + ((x % 2) * 2) + (y % 2), x / 2, y / 2].item<float>()
            : wide[0, (c * 8) + ((x % 2) * 4) + ((y % 2) * 2) + (z % 2), x / 2, y / 2, z / 2].item<float>();
    }
}
