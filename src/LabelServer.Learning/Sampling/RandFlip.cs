using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Mirrors the items along given axes (MONAI's <c>RandFlipd</c>) or along one that is drawn (<c>RandAxisFlipd</c>). The voxels move, the place in space of each does not.</summary>
public sealed class RandFlip : RandomTransform
{
    private readonly bool[]? _axes;

    /// <summary>Creates the flip.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="probability">How often.</param>
    /// <param name="axes">Which of the three axes are mirrored; null draws one of them.</param>
    public RandFlip(TransformKeys keys, double probability, IReadOnlyList<bool>? axes)
        : base(keys, probability) => _axes = axes is null ? null : [.. axes];

    /// <inheritdoc/>
    protected override void Apply(Sample sample, TransformContext context, Random random)
    {
        var drawn = _axes is null ? random.Next(3) : -1;
        var map = AxisMap.Flip(_axes?[0] ?? drawn == 0, _axes?[1] ?? drawn == 1, _axes?[2] ?? drawn == 2);
        foreach (var (item, _) in Keys.In(sample))
        {
            item.Replace(new VolumeView(item.View.Stored, item.View.Axes.Then(map)));
        }
    }

    internal static RandFlip Create(TransformArguments arguments)
    {
        var axes = arguments.Get("spatial_axis", ArgumentKinds.OrNull(ArgumentKinds.Integers), null) ?? [0, 1, 2];
        var flags = new bool[3];
        foreach (var axis in axes)
        {
            if (axis is < -3 or > 2)
            {
                arguments.Problem("spatial_axis", $"{axis} is no axis of a volume");
                continue;
            }

            flags[axis < 0 ? axis + 3 : axis] = true;
        }

        return new(arguments.Keys, arguments.Get("prob", ArgumentKinds.Real, 0.1), flags);
    }

    internal static RandFlip CreateAxis(TransformArguments arguments) => new(arguments.Keys, arguments.Get("prob", ArgumentKinds.Real, 0.1), null);
}
