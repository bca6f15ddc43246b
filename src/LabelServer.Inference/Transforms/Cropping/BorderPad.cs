using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>Adds a border of given widths (MONAI's <c>BorderPadd</c>).</summary>
public sealed class BorderPad : BoxTransform
{
    private readonly int[] _widths;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="widths">Six widths: before and after along i, j, k.</param>
    /// <param name="mode">For each key what stands in added voxels.</param>
    /// <param name="fill">The value of constant padding.</param>
    public BorderPad(TransformKeys keys, IReadOnlyList<int> widths, PerKey<PadMode> mode, double fill)
        : base(keys, "BorderPad", mode, fill) => _widths = [.. widths];

    /// <inheritdoc/>
    protected override ((int I, int J, int K) Start, GridSize Size) BoxFor(GridSize image) => (
        (-_widths[0], -_widths[2], -_widths[4]),
        new GridSize(image.I + _widths[0] + _widths[1], image.J + _widths[2] + _widths[3], image.K + _widths[4] + _widths[5]));

    internal static BorderPad Create(TransformArguments arguments)
    {
        var given = arguments.Require("spatial_border", ArgumentKinds.Integers, [0]);
        int[] widths = [.. given.Select(w => Math.Max(w, 0))];
        widths = widths.Length switch
        {
            1 => [widths[0], widths[0], widths[0], widths[0], widths[0], widths[0]],
            3 => [widths[0], widths[0], widths[1], widths[1], widths[2], widths[2]],
            _ => widths,
        };
        if (widths.Length != 6)
        {
            arguments.Problem("spatial_border", "expected one width, three (i, j, k) or six (before and after along i, j, k)");
            widths = new int[6];
        }

        return new BorderPad(arguments.Keys, widths, arguments.GetPerKey("mode", PadArguments.Mode, PadMode.Constant), PadArguments.Value(arguments));
    }
}
