using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Turns by multiples of 90 degrees in the plane of two axes (MONAI's <c>Rotate90d</c>).</summary>
public sealed class Rotate90 : AxisTransform
{
    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="turns">How often; negative turns the other way.</param>
    /// <param name="first">The axis that is turned towards <paramref name="second"/>.</param>
    /// <param name="second">The other axis of the plane.</param>
    public Rotate90(TransformKeys keys, int turns, int first, int second)
        : base(keys, "Rotate90", MapOf(turns, first, second))
    {
    }

    internal static Rotate90 Create(TransformArguments arguments)
    {
        var axes = AxisArgument.Read(arguments, "spatial_axes", [0, 1]);
        if (axes.Count != 2)
        {
            arguments.Problem("spatial_axes", "expected two different axes");
            axes = [0, 1];
        }

        return new Rotate90(arguments.Keys, arguments.Get("k", ArgumentKinds.Integer, 1), axes[0], axes[1]);
    }

    // As torch.rot90: after one turn the first axis holds what ran backwards along the second.
    private static AxisMap MapOf(int turns, int first, int second)
    {
        var map = AxisMap.Identity;
        Span<int> sources = [0, 1, 2];
        Span<bool> flips = [false, false, false];
        (sources[first], sources[second]) = (second, first);
        flips[first] = true;
        var once = AxisMap.From(sources, flips);
        for (var turn = 0; turn < ((turns % 4) + 4) % 4; turn++)
        {
            map = map.Then(once);
        }

        return map;
    }
}
