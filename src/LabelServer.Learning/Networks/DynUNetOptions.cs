using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks;

/// <summary>What a <see cref="DynUNet"/> is made of. Lists go from the finest level to the coarsest.</summary>
public sealed record DynUNetOptions
{
    /// <summary>Channels of the image.</summary>
    public required int InChannels { get; init; }

    /// <summary>Classes.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Kernels of the levels, along each axis.</summary>
    public required IReadOnlyList<int[]> Kernels { get; init; }

    /// <summary>Strides into the levels, along each axis.</summary>
    public required IReadOnlyList<int[]> Strides { get; init; }

    /// <summary>Kernels, and strides, of the transposed convolutions; one fewer than levels.</summary>
    public required IReadOnlyList<int[]> UpKernels { get; init; }

    /// <summary>Channels of the levels.</summary>
    public required IReadOnlyList<int> Filters { get; init; }

    /// <summary>The normalisation.</summary>
    public required LayerSpec Norm { get; init; }

    /// <summary>The activation.</summary>
    public required LayerSpec Activation { get; init; }

    /// <summary>The share of values that dropout clears.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether the blocks on the way down have a way around them.</summary>
    public bool IsResidual { get; init; }

    /// <summary>Whether transposed convolutions have a bias.</summary>
    public bool UpBias { get; init; }

    /// <summary>What all blocks share.</summary>
    internal UnetBlockLayers Layers => new(Norm, Activation, Dropout);

    /// <summary>Heads on coarser levels; 0 for none.</summary>
    public int DeepSupervision { get; init; }
}
