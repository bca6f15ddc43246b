using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>Adds voxels until each side is a multiple of a number (MONAI's <c>DivisiblePadd</c>).</summary>
public sealed class DivisiblePad : BoxTransform
{
    private readonly int[] _multiples;
    private readonly bool _atEnd;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="multiples">One number or one for each axis; a side whose number is not positive stays.</param>
    /// <param name="atEnd">Whether voxels are added at the end only.</param>
    /// <param name="mode">For each key what stands in added voxels.</param>
    /// <param name="fill">The value of constant padding.</param>
    public DivisiblePad(TransformKeys keys, IReadOnlyList<int> multiples, bool atEnd, PerKey<PadMode> mode, double fill)
        : base(keys, "DivisiblePad", mode, fill)
    {
        _multiples = [.. multiples];
        _atEnd = atEnd;
    }

    /// <inheritdoc/>
    protected override ((int I, int J, int K) Start, GridSize Size) BoxFor(GridSize image) =>
        ResizeWithPadOrCrop.BoxOf(image, DivisibleSize.Of(image, _multiples), _atEnd);

    internal static DivisiblePad Create(TransformArguments arguments) => new(
        arguments.Keys,
        DivisibleSize.Read(arguments, "k", required: true),
        PadArguments.AtEnd(arguments),
        arguments.GetPerKey("mode", PadArguments.Mode, PadMode.Constant),
        PadArguments.Value(arguments));
}
