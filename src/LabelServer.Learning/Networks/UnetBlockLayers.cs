using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks;

/// <summary>What all blocks of a U-shaped network share.</summary>
/// <param name="Norm">The normalisation.</param>
/// <param name="Activation">The activation.</param>
/// <param name="Dropout">The share of values that dropout clears; 0 for none.</param>
internal sealed record UnetBlockLayers(LayerSpec Norm, LayerSpec Activation, double Dropout = 0)
{
    /// <summary>The activation of MONAI's UnetResBlock and UnetBasicBlock: LeakyReLU with a slope of 0.01.</summary>
    public static UnetBlockLayers Leaky(LayerSpec norm) => new(norm, new LayerSpec("LEAKYRELU"));
}
