namespace LabelServer.Learning.Networks.Transformers;

/// <summary>In which order the eight tokens that become one are put beside each other. Weights fit the order that they were trained with.</summary>
public enum PatchMergingOrder
{
    /// <summary>MONAI's <c>merging</c> from 1.5 on.</summary>
    Merging,

    /// <summary>MONAI's <c>mergingv2</c>.</summary>
    MergingV2,

    /// <summary>MONAI's <c>merging</c> up to 1.4, which took two tokens twice and left two out.</summary>
    Before15,
}
