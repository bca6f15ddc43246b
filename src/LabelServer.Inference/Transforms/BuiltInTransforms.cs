using LabelServer.Inference.Transforms.Cropping;
using LabelServer.Inference.Transforms.InputOutput;
using LabelServer.Inference.Transforms.Intensity;
using LabelServer.Inference.Transforms.Labels;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Inference.Transforms;

/// <summary>Lists every transform that the program has, under MONAI's names.</summary>
internal static class BuiltInTransforms
{
    public static void Register(TransformRegistry registry)
    {
        registry.Register("Identity", _ => new Identity());
        registry.Register("Invert", Invert.Create);
        registry.Register("SaveImage", SaveImage.Create);
        registry.Register("Lambda", Refuse);
        registry.Register("RandLambda", Refuse);
        RegisterInputOutput(registry);
        RegisterSpatial(registry);
        RegisterCropping(registry);
        RegisterIntensity(registry);
        RegisterLabels(registry);
    }

    private static Identity Refuse(TransformArguments arguments)
    {
        arguments.Ignore("func", "inv_func", "track_meta", "overwrite", "prob");
        arguments.Problem("func", "functions of a bundle are never run; write the step with a transform that exists");
        return new Identity();
    }

    private static void RegisterInputOutput(TransformRegistry registry)
    {
        registry.Register("LoadImage", LoadImage.Create);
        registry.Register("EnsureChannelFirst", EnsureChannelFirst.Create);
        registry.Register("EnsureType", CastToType.CreateEnsureType);
        registry.Register("CastToType", CastToType.Create);
        registry.Register("ToTensor", KeepAsIs.Create);
        registry.Register("ToNumpy", KeepAsIs.Create);
        registry.Register("ToDevice", KeepAsIs.Create);
        registry.Register("FromMetaTensor", KeepAsIs.Create);
        registry.Register("ToMetaTensor", KeepAsIs.Create);
        registry.Register("DeleteItems", DeleteItems.Create);
        registry.Register("SelectItems", SelectItems.Create);
        registry.Register("CopyItems", CopyItems.Create);
    }

    private static void RegisterSpatial(TransformRegistry registry)
    {
        registry.Register("Orientation", Orientation.Create);
        registry.Register("Spacing", Spacing.Create);
        registry.Register("ResampleToMatch", ResampleToMatch.Create);
        registry.Register("Resize", Resize.Create);
        registry.Register("Zoom", Zoom.Create);
        registry.Register("Flip", Flip.Create);
        registry.Register("Rotate90", Rotate90.Create);
        registry.Register("Rotate", Rotate.Create);
        registry.Register("Affine", AffineTransform.Create);
    }

    private static void RegisterCropping(TransformRegistry registry)
    {
        registry.Register("CropForeground", CropForeground.Create);
        registry.Register("SpatialCrop", SpatialCrop.Create);
        registry.Register("CenterSpatialCrop", CenterSpatialCrop.Create);
        registry.Register("CenterScaleCrop", CenterScaleCrop.Create);
        registry.Register("SpatialPad", SpatialPad.Create);
        registry.Register("BorderPad", BorderPad.Create);
        registry.Register("DivisiblePad", DivisiblePad.Create);
        registry.Register("ResizeWithPadOrCrop", ResizeWithPadOrCrop.Create);
    }

    private static void RegisterIntensity(TransformRegistry registry)
    {
        registry.Register("NormalizeIntensity", NormalizeIntensity.Create);
        registry.Register("ScaleIntensity", ScaleIntensity.Create);
        registry.Register("ScaleIntensityRange", ScaleIntensityRange.Create);
        registry.Register("ScaleIntensityRangePercentiles", ScaleIntensityRangePercentiles.Create);
        registry.Register("ClipIntensityPercentiles", ClipIntensityPercentiles.Create);
        registry.Register("ShiftIntensity", ShiftIntensity.Create);
        registry.Register("AdjustContrast", AdjustContrast.Create);
        registry.Register("ThresholdIntensity", ThresholdIntensity.Create);
        registry.Register("MaskIntensity", MaskIntensity.Create);
        registry.Register("HistogramNormalize", HistogramNormalize.Create);
        registry.Register("GaussianSmooth", GaussianSmooth.Create);
        registry.Register("GaussianSharpen", GaussianSharpen.Create);
    }

    private static void RegisterLabels(TransformRegistry registry)
    {
        registry.Register("Activations", Activations.Create);
        registry.Register("AsDiscrete", AsDiscrete.Create);
        registry.Register("KeepLargestConnectedComponent", KeepLargestConnectedComponent.Create);
        registry.Register("RemoveSmallObjects", RemoveSmallObjects.Create);
        registry.Register("FillHoles", FillHoles.Create);
        registry.Register("LabelFilter", LabelFilter.Create);
        registry.Register("LabelToContour", LabelToContour.Create);
        registry.Register("LabelToMask", LabelToMask.Create);
        registry.Register("MapLabelValue", MapLabelValue.Create);
        registry.Register("DistanceTransformEDT", DistanceTransformEDT.Create);
    }
}
