using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks.Classifiers;

/// <summary>What a <see cref="DenseNet"/> is made of, with MONAI's defaults.</summary>
public sealed record DenseNetOptions
{
    /// <summary>2 or 3.</summary>
    public required int SpatialDims { get; init; }

    /// <summary>Channels of the image.</summary>
    public required int InChannels { get; init; }

    /// <summary>Classes.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Channels after the first convolution.</summary>
    public int InitFeatures { get; init; } = 64;

    /// <summary>Channels that each layer adds.</summary>
    public int GrowthRate { get; init; } = 32;

    /// <summary>Layers of each block.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [6, 12, 24, 16];

    /// <summary>Channels within a layer, as a multiple of <see cref="GrowthRate"/>.</summary>
    public int BottleneckSize { get; init; } = 4;

    /// <summary>The activation.</summary>
    public LayerSpec Activation { get; init; } = new("RELU");

    /// <summary>The normalisation.</summary>
    public LayerSpec Norm { get; init; } = new("BATCH");

    /// <summary>The share of channels that dropout clears.</summary>
    public double Dropout { get; init; }
}
