namespace LabelServer.Inference.Transforms;

/// <summary>Lists every transform that the program has, under MONAI's names.</summary>
internal static class BuiltInTransforms
{
    public static void Register(TransformRegistry registry)
    {
        registry.Register("Identity", _ => new Identity());
        registry.Register("Invert", Invert.Create);
        registry.Register("Activations", Activations.Create);
        registry.Register("AsDiscrete", AsDiscrete.Create);
        registry.Register("SaveImage", SaveImage.Create);
    }
}
