using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>What a <see cref="SwinUnetr"/> is made of, with MONAI's defaults. Lists go from the finest stage to the coarsest.</summary>
public sealed record SwinUnetrOptions
{
    /// <summary>Channels of the image.</summary>
    public required int InChannels { get; init; }

    /// <summary>Classes.</summary>
    public required int OutChannels { get; init; }

    /// <summary>The length of a patch along each axis.</summary>
    public int PatchSize { get; init; } = 2;

    /// <summary>Blocks of the four stages.</summary>
    public IReadOnlyList<int> Depths { get; init; } = [2, 2, 2, 2];

    /// <summary>Attention heads of the four stages.</summary>
    public IReadOnlyList<int> Heads { get; init; } = [3, 6, 12, 24];

    /// <summary>Tokens of a window along each axis, two or three.</summary>
    public IReadOnlyList<int> Window { get; init; } = [7, 7, 7];

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool QueryBias { get; init; } = true;

    /// <summary>Features between the two linear layers of a block, as a multiple of the block's.</summary>
    public double MlpRatio { get; init; } = 4;

    /// <summary>Features of the first stage; doubled at each stage.</summary>
    public int FeatureSize { get; init; } = 24;

    /// <summary>The normalisation of the convolutions.</summary>
    public LayerSpec Norm { get; init; } = new("INSTANCE");

    /// <summary>The share of values that dropout clears.</summary>
    public double Dropout { get; init; }

    /// <summary>The share of attention weights that dropout clears.</summary>
    public double AttentionDropout { get; init; }

    /// <summary>How often training leaves out a branch of the last block; less often before it.</summary>
    public double PathDropout { get; init; }

    /// <summary>Whether each stage's features are normalised before the decoder reads them.</summary>
    public bool Normalizes { get; init; } = true;

    /// <summary>Whether the first tokens are normalised.</summary>
    public bool NormalizesPatches { get; init; }

    /// <summary>How tokens are merged between stages (downsample).</summary>
    public PatchMergingOrder Merging { get; init; }

    /// <summary>Whether there is a convolution block before each stage (use_v2).</summary>
    public bool IsVersion2 { get; init; }

    /// <summary>2 or 3.</summary>
    public int SpatialDims => Window.Count;

    /// <summary>Requires that the options make sense together.</summary>
    /// <exception cref="NetworkUnsupportedException">They do not; the message names them.</exception>
    public void Check()
    {
        if (SpatialDims is not (2 or 3) || InChannels < 1 || OutChannels < 1)
        {
            throw new NetworkUnsupportedException("SwinUNETR: spatial_dims must be 2 or 3, and in_channels and out_channels at least 1.");
        }

        // The decoder doubles the size five times, and the stages halve it four times after the patches.
        if (PatchSize != 2)
        {
            throw new NetworkUnsupportedException($"SwinUNETR: patch_size is {PatchSize}; it must be 2, since the way up doubles the size at each level.");
        }

        if (Depths.Count != SwinTransformer.Stages || Heads.Count != SwinTransformer.Stages)
        {
            throw new NetworkUnsupportedException($"SwinUNETR: there are {Depths.Count} depths and {Heads.Count} num_heads; there must be four of each.");
        }

        if (FeatureSize < 1 || Heads.Select((h, stage) => h < 1 || (FeatureSize << stage) % h != 0).Any(wrong => wrong))
        {
            throw new NetworkUnsupportedException($"SwinUNETR: num_heads {string.Join(", ", Heads)} must divide the stages' features, feature_size {FeatureSize} doubled at each one.");
        }

        if (!(FeatureSize * MlpRatio >= 1))
        {
            throw new NetworkUnsupportedException($"SwinUNETR: mlp_ratio is {MlpRatio} and feature_size {FeatureSize}; their product must be at least 1.");
        }
    }
}
