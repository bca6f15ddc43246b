namespace LabelServer.Inference.Networks;

/// <summary>The arguments of MONAI's SegResNet, with MONAI's defaults.</summary>
public sealed record SegResNetOptions
{
    /// <summary>2 or 3.</summary>
    public int SpatialDims { get; init; } = 3;

    /// <summary>Channels after the first convolution; doubled at each level.</summary>
    public int InitFilters { get; init; } = 8;

    /// <summary>Channels of the image.</summary>
    public int InChannels { get; init; } = 1;

    /// <summary>Classes, background included.</summary>
    public int OutChannels { get; init; } = 2;

    /// <summary>Probability that a whole channel is dropped after the first convolution, in training only; null is no dropout.</summary>
    public double? DropoutProb { get; init; }

    /// <summary>The activation.</summary>
    public LayerSpec Activation { get; init; } = new("RELU");

    /// <summary>The normalisation.</summary>
    public LayerSpec Norm { get; init; } = LayerSpec.Group(8);

    /// <summary>Whether the last normalisation, activation and 1×1×1 convolution are there.</summary>
    public bool UseConvFinal { get; init; } = true;

    /// <summary>Residual blocks at each level on the way down; their number is the number of levels.</summary>
    public IReadOnlyList<int> BlocksDown { get; init; } = [1, 2, 2, 4];

    /// <summary>Residual blocks at each level on the way up; one level fewer.</summary>
    public IReadOnlyList<int> BlocksUp { get; init; } = [1, 1, 1];

    /// <summary>How the way up doubles the size.</summary>
    public UpsampleMode UpsampleMode { get; init; }

    /// <summary>Channels of the output: the classes, or without the last convolution the filters.</summary>
    public int ClassCount => UseConvFinal ? OutChannels : InitFilters;

    /// <summary>Each spatial size of the input must be a multiple of this, 2^(levels - 1).</summary>
    public int SizeMultiple => 1 << (BlocksDown.Count - 1);

    /// <summary>Requires that the options make sense together.</summary>
    /// <exception cref="NetworkUnsupportedException">They do not; the message names the option.</exception>
    public void Check()
    {
        if (SpatialDims is not (2 or 3))
        {
            throw new NetworkUnsupportedException($"SegResNet: spatial_dims is {SpatialDims}; it must be 2 or 3.");
        }

        if (BlocksDown.Count == 0 || BlocksUp.Count != BlocksDown.Count - 1)
        {
            throw new NetworkUnsupportedException($"SegResNet: blocks_up has {BlocksUp.Count} levels, blocks_down {BlocksDown.Count}; blocks_up must have one level fewer.");
        }

        if (InitFilters < 1 || InChannels < 1 || OutChannels < 1 || BlocksDown.Concat(BlocksUp).Any(n => n < 0))
        {
            throw new NetworkUnsupportedException("SegResNet: init_filters, in_channels and out_channels must be at least 1, blocks at least 0.");
        }

        // Each level has a multiple of the first one's channels.
        if (Norm.Name == "GROUP" && Norm.Integer("num_groups", 8) is var groups && (groups < 1 || InitFilters % groups != 0))
        {
            throw new NetworkUnsupportedException($"SegResNet: init_filters is {InitFilters}, and norm has {groups} groups; init_filters must be a multiple of num_groups (8 where norm does not say).");
        }
    }
}
