using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Adds the random transforms to a registry, under MONAI's names.</summary>
public static class RandomTransforms
{
    /// <summary>A registry with the deterministic and the random transforms.</summary>
    public static TransformRegistry CreateRegistry()
    {
        var registry = TransformRegistry.CreateDefault();
        Register(registry);
        return registry;
    }

    /// <summary>Adds them.</summary>
    public static void Register(TransformRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.Register("RandSpatialCrop", RandSpatialCrop.Create);
        registry.Register("RandSpatialCropSamples", RandSpatialCrop.CreateSamples);
        registry.Register("RandCropByPosNegLabel", RandCropByPosNegLabel.Create);
        registry.Register("RandCropByLabelClasses", RandCropByLabelClasses.Create);
        registry.Register("RandFlip", RandFlip.Create);
        registry.Register("RandAxisFlip", RandFlip.CreateAxis);
        registry.Register("RandRotate90", RandRotate90.Create);
        registry.Register("RandAffine", RandAffine.Create);
        registry.Register("Rand3DElastic", RandElastic.Create);
        registry.Register("RandRotate", RandAffine.CreateRotate);
        registry.Register("RandZoom", RandZoom.Create);
        registry.Register("RandGaussianSmooth", RandGaussianSmooth.Create);
        registry.Register("RandScaleIntensity", RandIntensity.CreateScale);
        registry.Register("RandShiftIntensity", RandIntensity.CreateShift);
        registry.Register("RandGaussianNoise", RandGaussianNoise.Create);
        registry.Register("RandAdjustContrast", RandAdjustContrast.Create);
        registry.Register("RandHistogramShift", RandHistogramShift.Create);
    }

    /// <summary>True for a step that draws random numbers, so that its result must not be cached.</summary>
    public static bool IsRandom(ITransform transform) => transform is RandomTransform or CropTransform or RandAffine or RandElastic;
}
