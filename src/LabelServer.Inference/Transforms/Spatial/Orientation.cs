using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Turns items to the given axis codes (MONAI's <c>Orientationd</c>). Nothing is copied: the item is seen turned, and the next resampling reads it so.</summary>
public sealed class Orientation : KeyedTransform, IInvertibleTransform
{
    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="axisCodes">Such as "RAS": the ends that i, j, k run to.</param>
    public Orientation(TransformKeys keys, string axisCodes)
        : base(keys) => AxisCodes = axisCodes;

    /// <summary>Such as "RAS": the ends that i, j, k run to.</summary>
    public string AxisCodes { get; }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        var before = item.View;
        var map = AnatomicalAxes.To(before.Grid.Affine, AxisCodes);
        var after = map.Apply(before.Grid);
        item.Replace(new VolumeView(before.Stored, before.Axes.Then(map), after));
        item.Record(new AxisOperation("Orientation", before.Grid, after, map));
    }

    internal static Orientation Create(TransformArguments arguments)
    {
        // The labels only rename the axis codes; the default names are what this program accepts.
        arguments.Ignore("labels");
        var canonical = arguments.Get("as_closest_canonical", ArgumentKinds.Boolean, false);
        var codes = arguments.Get("axcodes", ArgumentKinds.OrNull(ArgumentKinds.Texts), null);
        var text = canonical || codes is null ? "RAS" : string.Concat(codes);
        if (!canonical && codes is null)
        {
            arguments.Problem("axcodes", "is missing; expected axis codes such as 'RAS'");
        }
        else if (!AnatomicalAxes.IsValidCode(text))
        {
            arguments.Problem("axcodes", $"'{text}' are no axis codes; expected three of L/R, P/A, I/S, each pair once, such as 'RAS'");
        }

        return new Orientation(arguments.Keys, text);
    }
}
