using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Puts items on the grid of another item (MONAI's <c>ResampleToMatchd</c>).</summary>
public sealed class ResampleToMatch : KeyedTransform, IInvertibleTransform
{
    private readonly string _target;
    private readonly PerKey<ResampleOptions> _options;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="target">The item whose grid they get.</param>
    /// <param name="options">For each key how it is resampled.</param>
    public ResampleToMatch(TransformKeys keys, string target, PerKey<ResampleOptions> options)
        : base(keys)
    {
        _target = target;
        _options = options;
    }

    /// <inheritdoc/>
    public override void Apply(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(context);
        var target = sample[_target].Grid;
        foreach (var (item, index) in Keys.In(sample))
        {
            var before = item.Grid;
            var result = GridResampler.Resample(item.View, target, _options[index], context.Parallel);
            item.Replace(new VolumeView(result.Stored, result.Axes, target));
            item.Record(new GridOperation("ResampleToMatch", before, target, _options[index]));
        }
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context) => throw new NotSupportedException("ResampleToMatch needs the whole sample.");

    internal static ResampleToMatch Create(TransformArguments arguments) => new(
        arguments.Keys,
        arguments.Require("key_dst", ArgumentKinds.Text, ""),
        ResampleArguments.Read(arguments, Interpolation.Linear, OutOfBounds.Border));
}
