using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks;

/// <summary>What a <see cref="UNet"/> is made of; the names are MONAI's.</summary>
public sealed record UNetOptions
{
    /// <summary>Channels of the image.</summary>
    public required int InChannels { get; init; }

    /// <summary>Classes.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Channels of each level, the bottom last.</summary>
    public required IReadOnlyList<int> Channels { get; init; }

    /// <summary>Strides from level to level, along each axis.</summary>
    public required IReadOnlyList<int[]> Strides { get; init; }

    /// <summary>The kernel of the encoder, along each axis.</summary>
    public required int[] Kernel { get; init; }

    /// <summary>The kernel of the transposed convolutions, along each axis.</summary>
    public required int[] UpKernel { get; init; }

    /// <summary>Convolutions in a residual unit; 0 for plain convolutions.</summary>
    public int ResidualUnits { get; init; }

    /// <summary>The activation.</summary>
    public required LayerSpec Activation { get; init; }

    /// <summary>The normalisation.</summary>
    public required LayerSpec Norm { get; init; }

    /// <summary>The share of values that dropout clears.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether convolutions have a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>The order of normalisation, dropout and activation.</summary>
    public string Ordering { get; init; } = "NDA";
}
