using LabelServer.Inference.Networks;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>The network of wholeBody_ct_segmentation: 32 filters, 105 classes.</summary>
internal static class WholeBodyNetwork
{
    /// <summary>Classes with the background.</summary>
    public const int Classes = 105;

    private const int Filters = 32;
    private static readonly int[] Down = [1, 2, 2, 4];
    private static readonly int[] Up = [1, 1, 1];

    /// <summary>As in the bundle's config.</summary>
    public static SegResNetOptions Options => new() { SpatialDims = 3, InitFilters = Filters, InChannels = 1, OutChannels = Classes, BlocksDown = Down, BlocksUp = Up, DropoutProb = 0.2 };

    /// <summary>Channels of a level, 0 at full size.</summary>
    public static int FiltersOf(int level) => Filters << level;

    /// <summary>How many 3×3×3 convolutions of equal channels each level has, on the way down and up.</summary>
    public static IEnumerable<(int Level, int Count)> ResidualConvolutions() =>
        Down.Select((blocks, level) => (level, 2 * (blocks + (level < Up.Length ? Up[Up.Length - 1 - level] : 0))));

    /// <summary>The weights' names and shapes, by MONAI's keys.</summary>
    public static IEnumerable<(string Name, int[] Shape)> Shapes()
    {
        yield return ("convInit.conv.weight", [Filters, 1, 3, 3, 3]);
        for (var level = 0; level < Down.Length; level++)
        {
            var channels = Filters << level;
            if (level > 0)
                yield return ($"down_layers.{level}.0.conv.weight", [channels, channels / 2, 3, 3, 3]);
            for (var block = 1; block <= Down[level]; block++)
            {
                foreach (var shape in Block($"down_layers.{level}.{block}", channels))
                    yield return shape;
            }
        }

        for (var step = 0; step < Up.Length; step++)
        {
            var channels = Filters << (Up.Length - 1 - step);
            yield return ($"up_samples.{step}.0.conv.weight", [channels, 2 * channels, 1, 1, 1]);
            for (var block = 0; block < Up[step]; block++)
            {
                foreach (var shape in Block($"up_layers.{step}.{block}", channels))
                    yield return shape;
            }
        }

        yield return ("conv_final.0.weight", [Filters]);
        yield return ("conv_final.0.bias", [Filters]);
        yield return ("conv_final.2.conv.weight", [Classes, Filters, 1, 1, 1]);
        yield return ("conv_final.2.conv.bias", [Classes]);
    }

    /// <summary>Multiplications and additions of the convolutions for a window of edge³ voxels.</summary>
    /// <param name="edge">Voxels along each axis.</param>
    /// <param name="withHead">Whether the last convolution counts, which the blending does once a voxel instead of once a window.</param>
    public static double WindowFlop(int edge, bool withHead)
    {
        double sum = Convolution(edge, 1, Filters, 27);
        for (var level = 0; level < Down.Length; level++)
        {
            var (channels, size) = (Filters << level, edge >> level);
            sum += level > 0 ? Convolution(size, channels / 2, channels, 27) : 0;
            sum += Down[level] * 2 * Convolution(size, channels, channels, 27);
        }

        for (var step = 0; step < Up.Length; step++)
        {
            var level = Up.Length - 1 - step;
            var (channels, size) = (Filters << level, edge >> level);
            sum += Convolution(size / 2, channels * 2, channels, 1) + (Up[step] * 2 * Convolution(size, channels, channels, 27));
        }

        return sum + (withHead ? Convolution(edge, Filters, Classes, 1) : 0);
    }

    private static IEnumerable<(string Name, int[] Shape)> Block(string at, int channels) =>
    [
        ($"{at}.norm1.weight", [channels]), ($"{at}.norm1.bias", [channels]), ($"{at}.norm2.weight", [channels]), ($"{at}.norm2.bias", [channels]),
        ($"{at}.conv1.conv.weight", [channels, channels, 3, 3, 3]), ($"{at}.conv2.conv.weight", [channels, channels, 3, 3, 3]),
    ];

    private static double Convolution(int edge, int channelsIn, int channelsOut, int taps) => 2.0 * edge * edge * edge * channelsIn * channelsOut * taps;
}
