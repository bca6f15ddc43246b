using LabelServer.Inference.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>What a <see cref="VNet"/> is made of, with MONAI's defaults.</summary>
public sealed record VNetOptions
{
    /// <summary>2 or 3.</summary>
    public int SpatialDims { get; init; } = 3;

    /// <summary>Channels of the image; they must divide 16.</summary>
    public int InChannels { get; init; } = 1;

    /// <summary>Classes.</summary>
    public int OutChannels { get; init; } = 1;

    /// <summary>The activation.</summary>
    public LayerSpec Activation { get; init; } = new("ELU");

    /// <summary>Whether the activation is PReLU without arguments, which VNet gives a slope for each channel.</summary>
    public bool HasSlopePerChannel { get; init; }

    /// <summary>The share that dropout clears on the way down; null for none.</summary>
    public double? DownDropout { get; init; } = 0.5;

    /// <summary>The share that dropout clears on the way up, of the features from below; null for none.</summary>
    public double? UpDropout { get; init; } = 0.5;

    /// <summary>The share that dropout clears of the features from beside, in the two coarsest levels.</summary>
    public double SkipDropout { get; init; } = 0.5;

    /// <summary>Whether dropout clears single values (1) or whole channels (2 in planes, 3 in volumes).</summary>
    public int DropoutDims { get; init; } = 3;

    /// <summary>Whether the convolutions, but those on the way up, have a bias.</summary>
    public bool Bias { get; init; }

    /// <summary>The same number for each axis.</summary>
    internal int[] Axes(int value) => [.. Enumerable.Repeat(value, SpatialDims)];

    /// <summary>A dropout layer.</summary>
    internal nn.Module<Tensor, Tensor> Dropout(double probability) => DropoutDims switch
    {
        1 => nn.Dropout(probability),
        2 => nn.Dropout2d(probability),
        _ => nn.Dropout3d(probability),
    };
}
