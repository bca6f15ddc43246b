namespace LabelServer.Inference.Transforms;

/// <summary>Does nothing (MONAI's <c>Identity</c>).</summary>
public sealed class Identity : ITransform
{
    /// <inheritdoc/>
    public void Apply(Sample sample, TransformContext context)
    {
    }
}
