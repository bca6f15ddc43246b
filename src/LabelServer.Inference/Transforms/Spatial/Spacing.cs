using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Resamples items to a voxel size (MONAI's <c>Spacingd</c>).</summary>
public sealed class Spacing : KeyedTransform, IInvertibleTransform
{
    private readonly bool _ensureSameShape;
    private readonly bool _recomputeAffine;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="voxelSize">Wanted mm along i, j, k; see <see cref="SpacingPlan"/>.</param>
    /// <param name="options">For each key how it is resampled.</param>
    /// <param name="plan">The rarer settings.</param>
    /// <param name="recomputeAffine">MONAI's recompute_affine: the affine becomes the mere scaling between the sizes.</param>
    /// <param name="ensureSameShape">Whether later items of the same size and spacing as the first get the first one's size, whatever rounding says.</param>
    public Spacing(
        TransformKeys keys, IReadOnlyList<double> voxelSize, PerKey<ResampleOptions> options, SpacingOptions plan, bool recomputeAffine = false, bool ensureSameShape = true)
        : base(keys)
    {
        VoxelSize = voxelSize;
        Options = options;
        Plan = plan;
        _recomputeAffine = recomputeAffine;
        _ensureSameShape = ensureSameShape;
    }

    /// <summary>Wanted mm along i, j, k.</summary>
    public IReadOnlyList<double> VoxelSize { get; }

    /// <summary>For each key how it is resampled.</summary>
    public PerKey<ResampleOptions> Options { get; }

    /// <summary>The rarer settings.</summary>
    public SpacingOptions Plan { get; }

    /// <inheritdoc/>
    public override void Apply(Sample sample, TransformContext context)
    {
        VolumeGrid? first = null;
        var firstSize = default(GridSize);
        foreach (var (item, index) in Keys.In(sample))
        {
            var before = item.Grid;
            var like = _ensureSameShape && first is not null && IsLike(first, before);
            Apply(item, index, like ? firstSize : null, context);
            if (first is null)
            {
                (first, firstSize) = (before, item.Grid.Size);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context) => Apply(item, index, null, context);

    internal static Spacing Create(TransformArguments arguments)
    {
        var voxelSize = arguments.Require("pixdim", ArgumentKinds.Reals, [1]);
        if (voxelSize.Count == 0)
        {
            arguments.Problem("pixdim", "is empty; expected mm along i, j, k");
        }

        var limits = ArgumentKinds.OrNull(ArgumentKinds.Many(ArgumentKinds.OrNone(ArgumentKinds.Real)));
        static IReadOnlyList<double>? Limit(IReadOnlyList<double?>? values) => values?.Select(v => v ?? double.NaN).ToArray();
        var plan = new SpacingOptions(
            arguments.Get("diagonal", ArgumentKinds.Boolean, false),
            arguments.GetPerKey("scale_extent", ArgumentKinds.Boolean, false)[0],
            Limit(arguments.Get("min_pixdim", limits, null)),
            Limit(arguments.Get("max_pixdim", limits, null)));
        return new Spacing(
            arguments.Keys,
            voxelSize,
            ResampleArguments.Read(arguments, Interpolation.Linear, OutOfBounds.Border),
            plan,
            arguments.Get("recompute_affine", ArgumentKinds.Boolean, false),
            arguments.Get("ensure_same_shape", ArgumentKinds.Boolean, true));
    }

    private static bool IsLike(VolumeGrid first, VolumeGrid other)
    {
        static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-3 + (1e-5 * Math.Abs(b));
        var (a, b) = (first.Affine.Spacing(), other.Affine.Spacing());
        return first.Size == other.Size && Near(a.I, b.I) && Near(a.J, b.J) && Near(a.K, b.K);
    }

    private void Apply(SampleItem item, int index, GridSize? size, TransformContext context)
    {
        var before = item.View;
        var planned = SpacingPlan.Plan(before.Grid, VoxelSize, Plan);
        var target = size is { } given ? new VolumeGrid(given, planned.Affine) : planned;
        var result = GridResampler.Resample(before, target, Options[index], context.Parallel);
        item.Replace(result);
        item.Record(new GridOperation("Spacing", before.Grid, result.Grid, Options[index]));
        if (_recomputeAffine)
        {
            item.Replace(new VolumeView(result.Stored, result.Axes, new VolumeGrid(result.Size, SpacingPlan.ScaleBetween(before.Size, result.Size))));
        }
    }
}
