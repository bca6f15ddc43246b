namespace LabelServer.Learning.Networks;

/// <summary>The arguments of <see cref="SegResNet"/>, with MONAI's defaults.</summary>
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
}
