using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Intensity;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Scales items to a size over the same extent (MONAI's <c>Resized</c>).</summary>
public sealed class Resize : KeyedTransform, IInvertibleTransform
{
    private readonly PerKey<bool> _antiAliasing;
    private readonly PerKey<IReadOnlyList<double>?> _antiAliasingSigma;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="size">The wanted size; with <paramref name="longest"/> the first number is that of the longest side.</param>
    /// <param name="longest">Whether all sides are scaled alike, so that the longest gets the size.</param>
    /// <param name="interpolation">For each key how it is scaled.</param>
    /// <param name="alignCorners">For each key whether the centres of the corner voxels coincide; only for linear.</param>
    /// <param name="antiAliasing">For each key whether it is smoothed before it is made smaller.</param>
    /// <param name="antiAliasingSigma">For each key the width of that smoothing in voxels; null for half of what the factor is above 1.</param>
    public Resize(
        TransformKeys keys,
        SizeArgument size,
        bool longest,
        PerKey<Interpolation> interpolation,
        PerKey<bool> alignCorners,
        PerKey<bool> antiAliasing,
        PerKey<IReadOnlyList<double>?> antiAliasingSigma)
        : base(keys)
    {
        Size = size;
        Longest = longest;
        Interpolation = interpolation;
        AlignCorners = alignCorners;
        _antiAliasing = antiAliasing;
        _antiAliasingSigma = antiAliasingSigma;
    }

    /// <summary>The wanted size.</summary>
    public SizeArgument Size { get; }

    /// <summary>Whether only the longest side's size is given.</summary>
    public bool Longest { get; }

    /// <summary>For each key how it is scaled.</summary>
    public PerKey<Interpolation> Interpolation { get; }

    /// <summary>For each key whether the centres of the corner voxels coincide.</summary>
    public PerKey<bool> AlignCorners { get; }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        var before = item.Grid;
        var size = Longest ? LongestSize(before.Size) : Size.For(before.Size);
        var after = size == before.Size ? before : new VolumeGrid(size, before.Affine * SpacingPlan.ScaleBetween(before.Size, size, AlignCorners[index]));
        if (size != before.Size)
        {
            if (_antiAliasing[index] && (size.I < before.Size.I || size.J < before.Size.J || size.K < before.Size.K))
            {
                GaussianFilter.Apply(item.GetFloat(context), Sigma(before.Size, size, _antiAliasingSigma[index]), GaussianApproximation.ErrorFunction, context.Parallel);
            }

            item.Replace(Resizer.Resize(item.View, after, Interpolation[index], AlignCorners[index], context.Parallel));
        }

        item.Record(new ResizeOperation("Resize", before, after, Interpolation[index], AlignCorners[index]));
    }

    internal static Resize Create(TransformArguments arguments)
    {
        arguments.Ignore("dtype");
        var mode = arguments.Get("size_mode", ArgumentKinds.OneOf(new Dictionary<string, bool> { ["all"] = false, ["longest"] = true }), false);
        var corners = arguments.GetPerKey("align_corners", ArgumentKinds.OrNone(ArgumentKinds.Boolean), null);
        var count = Math.Max(arguments.Keys.Names?.Count ?? 1, 1);
        return new Resize(
            arguments.Keys,
            SizeArgument.Read(arguments, "spatial_size"),
            mode,
            arguments.GetPerKey("mode", ResampleArguments.ResizeMode, LabelServer.Imaging.Resampling.Interpolation.Area),
            new PerKey<bool>(Enumerable.Range(0, count).Select(i => corners[i] ?? false)),
            arguments.GetPerKey("anti_aliasing", ArgumentKinds.Boolean, false),
            arguments.GetPerKey("anti_aliasing_sigma", ArgumentKinds.OrNull(ArgumentKinds.Reals), null));
    }

    private static double[] Sigma(GridSize from, GridSize to, IReadOnlyList<double>? given)
    {
        var sigma = new double[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var factor = (double)from[axis] / to[axis];
            sigma[axis] = given is null ? Math.Max(0, (factor - 1) / 2) : factor > 1 ? given[Math.Min(axis, given.Count - 1)] : 0;
        }

        return sigma;
    }

    private GridSize LongestSize(GridSize image)
    {
        var scale = (double)Size.For(image).I / Math.Max(image.I, Math.Max(image.J, image.K));
        return new GridSize(Scaled(image.I, scale), Scaled(image.J, scale), Scaled(image.K, scale));
    }

    private static int Scaled(int size, double scale) => (int)Math.Round(size * scale, MidpointRounding.ToEven);
}
