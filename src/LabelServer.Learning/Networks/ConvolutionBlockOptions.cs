using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks;

/// <summary>What a <see cref="ConvolutionBlock"/> is made of.</summary>
public sealed record ConvolutionBlockOptions
{
    /// <summary>Channels in.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels out.</summary>
    public required int OutChannels { get; init; }

    /// <summary>The kernel along each axis; two or three.</summary>
    public required int[] Kernel { get; init; }

    /// <summary>The stride along each axis.</summary>
    public required int[] Stride { get; init; }

    /// <summary>The padding along each axis; null keeps the size at stride 1.</summary>
    public int[]? Padding { get; init; }

    /// <summary>The distance between the kernel's values along each axis; for plain convolutions. Default 1.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>For a transposed convolution: voxels added at the end; null makes the size a multiple of the stride.</summary>
    public int[]? OutputPadding { get; init; }

    /// <summary>Whether it is a transposed convolution.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>Whether the convolution has a bias. Default true.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>The normalisation, or null.</summary>
    public LayerSpec? Norm { get; init; }

    /// <summary>The activation, or null.</summary>
    public LayerSpec? Activation { get; init; }

    /// <summary>The share of values that dropout clears; 0 for none.</summary>
    public double Dropout { get; init; }

    /// <summary>The order of N(ormalisation), D(ropout) and A(ctivation).</summary>
    public string Ordering { get; init; } = "NDA";
}
