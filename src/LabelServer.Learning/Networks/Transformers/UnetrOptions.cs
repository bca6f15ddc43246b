using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>What a <see cref="Unetr"/> is made of.</summary>
public sealed record UnetrOptions
{
    /// <summary>Channels of the image.</summary>
    public required int InChannels { get; init; }

    /// <summary>Classes.</summary>
    public required int OutChannels { get; init; }

    /// <summary>The size of the images along each axis, two or three; no other size is taken.</summary>
    public required IReadOnlyList<int> ImageSize { get; init; }

    /// <summary>Channels of the finest level; doubled at each level.</summary>
    public int FeatureSize { get; init; } = 16;

    /// <summary>Features of a token.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Features between the two linear layers of a transformer block.</summary>
    public int MlpSize { get; init; } = 3072;

    /// <summary>Attention heads; they must divide <see cref="HiddenSize"/>.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>Whether patches become tokens by a linear layer (perceptron) instead of a convolution.</summary>
    public bool HasLinearPatches { get; init; }

    /// <summary>The normalisation of the convolutions.</summary>
    public LayerSpec Norm { get; init; } = new("INSTANCE");

    /// <summary>Whether there are convolutions between the doublings of the tokens.</summary>
    public bool HasProjectionBlocks { get; init; } = true;

    /// <summary>Whether the convolution blocks have a way around them.</summary>
    public bool IsResidual { get; init; } = true;

    /// <summary>The share of values that the transformer's dropout clears.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool QueryBias { get; init; }

    /// <summary>2 or 3.</summary>
    public int SpatialDims => ImageSize.Count;

    /// <summary>What all convolution blocks share.</summary>
    internal UnetBlockLayers Layers => UnetBlockLayers.Leaky(Norm);
}
