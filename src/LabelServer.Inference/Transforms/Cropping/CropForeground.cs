using LabelServer.Bundles.Config;
using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>Crops to the smallest box that holds the foreground of one item, with a margin (MONAI's <c>CropForegroundd</c>). The box is left in the sample's values.</summary>
/// <remarks>Source: MONAI monai/transforms/croppad/array.py (CropForeground), monai/transforms/utils.py (generate_spatial_bounding_box). A margin past the border pads unless
/// <c>allow_smaller</c>; with <c>k_divisible</c> the box grows and may pad in any case; without foreground the result has no voxels.</remarks>
public sealed class CropForeground : KeyedTransform, IInvertibleTransform
{
    private readonly ForegroundOptions _options;
    private readonly PerKey<PadMode> _mode;
    private readonly double _fill;

    /// <summary>Creates the step.</summary>
    public CropForeground(TransformKeys keys, ForegroundOptions options, PerKey<PadMode> mode, double fill)
        : base(keys)
    {
        _options = options;
        _mode = mode;
        _fill = fill;
    }

    /// <inheritdoc/>
    public override void Apply(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(context);
        var (start, size) = BoxOf(sample[_options.SourceKey].View, context);
        if (_options.StartCoordKey is { } startKey)
        {
            sample.SetValue(startKey, Coordinates(start.I, start.J, start.K));
        }

        if (_options.EndCoordKey is { } endKey)
        {
            sample.SetValue(endKey, Coordinates(start.I + size.I, start.J + size.J, start.K + size.K));
        }

        foreach (var (item, index) in Keys.In(sample))
        {
            BoxTransform.Cut(item, "CropForeground", start, size, _mode[index], _fill, context);
        }
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context) => throw new NotSupportedException("CropForeground needs the whole sample.");

    internal static CropForeground Create(TransformArguments arguments)
    {
        var margin = arguments.Get("margin", ArgumentKinds.Integers, [0]);
        if (margin.Count is not (1 or 3) || margin.Any(m => m < 0))
        {
            arguments.Problem("margin", "expected one or three numbers that are not negative");
            margin = [0];
        }

        var keyKind = ArgumentKinds.OrNull(ArgumentKinds.Text);
        var options = new ForegroundOptions(
            arguments.Require("source_key", ArgumentKinds.Text, "image"),
            arguments.Get("select_fn", SelectionArgument.Kind, ValueSelection.Positive),
            arguments.Get("channel_indices", ArgumentKinds.OrNull(ArgumentKinds.Integers), null),
            margin,
            arguments.Get("allow_smaller", ArgumentKinds.Boolean, false),
            DivisibleSize.Read(arguments, "k_divisible", required: false),
            arguments.Get("start_coord_key", keyKind, "foreground_start_coord"),
            arguments.Get("end_coord_key", keyKind, "foreground_end_coord"));
        return new CropForeground(arguments.Keys, options, arguments.GetPerKey("mode", PadArguments.Mode, PadMode.Constant), PadArguments.Value(arguments));
    }

    private static ConfigValue.List Coordinates(int i, int j, int k) => new([new ConfigValue.Integer(i), new ConfigValue.Integer(j), new ConfigValue.Integer(k)]);

    private ((int I, int J, int K) Start, GridSize Size) BoxOf(VolumeView view, TransformContext context)
    {
        var box = ForegroundBox.Find(view, _options.Selection, _options.Channels, context.Parallel);
        Span<int> start = stackalloc int[3], size = stackalloc int[3];
        for (var axis = 0; axis < 3 && box is not null; axis++)
        {
            var margin = _options.Margin[_options.Margin.Count == 1 ? 0 : axis];
            start[axis] = box[axis].Start - margin;
            var end = box[axis].End + margin;
            if (_options.AllowSmaller)
            {
                start[axis] = Math.Max(start[axis], 0);
                end = Math.Min(end, view.Size[axis]);
            }

            size[axis] = end - start[axis];
        }

        var divisible = DivisibleSize.Of(new GridSize(size[0], size[1], size[2]), _options.Divisible);
        return ((start[0] - ((divisible.I - size[0]) / 2), start[1] - ((divisible.J - size[1]) / 2), start[2] - ((divisible.K - size[2]) / 2)), divisible);
    }
}
