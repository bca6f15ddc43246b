using LabelServer.Imaging.Morphology;

namespace LabelServer.Inference.Transforms.Labels;

/// <summary>The inner border of labels (MONAI's <c>LabelToContourd</c>).</summary>
public sealed class LabelToContour : KeyedTransform
{
    /// <summary>Creates the step.</summary>
    public LabelToContour(TransformKeys keys)
        : base(keys)
    {
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        item.Replace(Contour.Of(item.GetVolume(context), context.Parallel));
    }

    internal static LabelToContour Create(TransformArguments arguments)
    {
        arguments.Get("kernel_type", ArgumentKinds.OneOf(new Dictionary<string, bool> { ["Laplace"] = true }), true);
        return new LabelToContour(arguments.Keys);
    }
}
