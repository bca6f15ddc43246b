using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks.Classifiers;

/// <summary>What a <see cref="ResNet"/> is made of, with MONAI's defaults.</summary>
public sealed record ResNetOptions
{
    /// <summary>2 or 3.</summary>
    public int SpatialDims { get; init; } = 3;

    /// <summary>Channels of the image.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Classes; 0 gives the features before them.</summary>
    public int OutChannels { get; init; } = 400;

    /// <summary>Whether the blocks have three convolutions and four times the channels out (bottleneck) instead of two (basic).</summary>
    public bool HasBottlenecks { get; init; }

    /// <summary>Blocks of the four stages.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>Channels within the blocks of the four stages.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [64, 128, 256, 512];

    /// <summary>The first convolution's kernel along each axis.</summary>
    public required int[] FirstKernel { get; init; }

    /// <summary>The first convolution's stride along each axis.</summary>
    public required int[] FirstStride { get; init; }

    /// <summary>Whether the first stage sees the full size (no_max_pool).</summary>
    public bool SkipsMaxPool { get; init; }

    /// <summary>Whether the way around a block that changes the size is a convolution (shortcut_type B) instead of every second value with zeros for new channels (A).</summary>
    public bool HasConvolutionsAround { get; init; } = true;

    /// <summary>Whether those convolutions have a bias.</summary>
    public bool BiasAround { get; init; } = true;

    /// <summary>The activation after the first convolution; the blocks have ReLU, as MONAI's do whatever this says.</summary>
    public LayerSpec Activation { get; init; } = new("RELU");

    /// <summary>The normalisation after the first convolution; the blocks have batch normalisation, as MONAI's do whatever this says.</summary>
    public LayerSpec Norm { get; init; } = new("BATCH");

    /// <summary>Channels out of a block, as a multiple of those within.</summary>
    public int Expansion => HasBottlenecks ? 4 : 1;
}
