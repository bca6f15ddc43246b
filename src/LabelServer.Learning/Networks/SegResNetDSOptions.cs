using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks;

/// <summary>What a <see cref="SegResNetDS"/> is made of, with MONAI's defaults.</summary>
public sealed record SegResNetDSOptions
{
    /// <summary>2 or 3.</summary>
    public int SpatialDims { get; init; } = 3;

    /// <summary>Channels of the finest level; doubled at each level.</summary>
    public int InitFilters { get; init; } = 32;

    /// <summary>Channels of the image.</summary>
    public int InChannels { get; init; } = 1;

    /// <summary>Classes.</summary>
    public int OutChannels { get; init; } = 2;

    /// <summary>The activation.</summary>
    public LayerSpec Activation { get; init; } = new("RELU");

    /// <summary>The normalisation; it has weights unless its arguments say otherwise.</summary>
    public LayerSpec Norm { get; init; } = new("BATCH");

    /// <summary>Residual blocks of each level on the way down; their number is the number of levels.</summary>
    public IReadOnlyList<int> BlocksDown { get; init; } = [1, 2, 2, 4];

    /// <summary>Residual blocks of each level on the way up, from the second coarsest on; empty for one each.</summary>
    public IReadOnlyList<int> BlocksUp { get; init; } = [];

    /// <summary>How many levels have a head, from the finest on.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>How the way up grows: by a transposed convolution, or linearly.</summary>
    public UpsampleMode UpsampleMode { get; init; } = UpsampleMode.Deconvolution;

    /// <summary>The voxel size along each axis, in any unit: axes that are much coarser than others are halved less often. Empty halves all alike.</summary>
    public IReadOnlyList<double> Resolution { get; init; } = [];

    /// <summary>The step from each level to the next along each axis, 1 or 2.</summary>
    /// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/segresnet_ds.py, scales_for_resolution.</remarks>
    internal IReadOnlyList<int[]> Scales()
    {
        int[] halvings = Resolution.Count == 0 ? [.. Enumerable.Repeat(0, SpatialDims)] : [.. Resolution.Select(r => (int)Math.Floor(Math.Log2(Resolution.Max() / r)))];
        var uneven = halvings.Max();
        return [.. BlocksDown.Select((_, level) => halvings.Select(h => level < uneven && level >= h ? 1 : 2).ToArray())];
    }

    /// <summary>Requires that the options make sense together.</summary>
    /// <exception cref="NetworkUnsupportedException">They do not; the message names them.</exception>
    internal void Check()
    {
        if (SpatialDims is not (2 or 3) || InitFilters < 1 || InChannels < 1 || OutChannels < 1 || Depth < 1)
        {
            throw new NetworkUnsupportedException("SegResNetDS: spatial_dims must be 2 or 3, and init_filters, in_channels, out_channels and dsdepth at least 1.");
        }

        if (BlocksDown.Count < 2 || (BlocksUp.Count > 0 && BlocksUp.Count != BlocksDown.Count - 1))
        {
            throw new NetworkUnsupportedException($"SegResNetDS: blocks_down has {BlocksDown.Count} levels, blocks_up {BlocksUp.Count}; there must be at least two, and blocks_up has one fewer.");
        }

        if (Resolution.Count > 0 && (Resolution.Count != SpatialDims || Resolution.Any(r => !(r > 0))))
        {
            throw new NetworkUnsupportedException($"SegResNetDS: resolution is {string.Join(", ", Resolution)}; it must have a positive number for each of {SpatialDims} axes.");
        }

        if (UpsampleMode == UpsampleMode.PixelShuffle)
        {
            throw new NetworkUnsupportedException("SegResNetDS: the upsample_mode 'pixelshuffle' is not supported; deconv and nontrainable are.");
        }
    }
}
