using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Turns the items by a random number of quarter turns in a plane (MONAI's <c>RandRotate90d</c>).</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/spatial/array.py (RandRotate90), numpy's rot90: from the first axis towards the second. Golden: sampling/RandRotate90d_*.</remarks>
public sealed class RandRotate90 : RandomTransform
{
    private readonly int _largest;
    private readonly int _from;
    private readonly int _to;

    /// <summary>Creates the turn.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="probability">How often.</param>
    /// <param name="largest">1 to this many quarter turns (max_k).</param>
    /// <param name="from">The first axis of the plane.</param>
    /// <param name="to">The second axis of the plane.</param>
    public RandRotate90(TransformKeys keys, double probability, int largest = 3, int from = 0, int to = 1)
        : base(keys, probability)
    {
        _largest = largest;
        _from = from;
        _to = to;
    }

    /// <summary>The map of a number of quarter turns.</summary>
    public static AxisMap Turn(int quarters, int from, int to)
    {
        int[] sources = [0, 1, 2];
        var flips = new bool[3];
        switch (quarters % 4)
        {
            case 1:
                // rot90: reverse the second axis, then exchange both.
                (sources[from], sources[to]) = (to, from);
                flips[from] = true;
                break;
            case 2:
                flips[from] = flips[to] = true;
                break;
            case 3:
                (sources[from], sources[to]) = (to, from);
                flips[to] = true;
                break;
        }

        return AxisMap.From(sources, flips);
    }

    /// <inheritdoc/>
    protected override void Apply(Sample sample, TransformContext context, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var map = Turn(1 + random.Next(_largest), _from, _to);
        foreach (var (item, _) in Keys.In(sample))
        {
            item.Replace(new VolumeView(item.View.Stored, item.View.Axes.Then(map)));
        }
    }

    internal static RandRotate90 Create(TransformArguments arguments)
    {
        var axes = arguments.Get("spatial_axes", ArgumentKinds.Integers, [0, 1]);
        if (axes.Count != 2 || axes.Any(a => a is < -3 or > 2) || (axes[0] + 3) % 3 == (axes[1] + 3) % 3)
        {
            arguments.Problem("spatial_axes", "needs two different axes from 0 to 2");
            axes = [0, 1];
        }

        return new(
            arguments.Keys,
            arguments.Get("prob", ArgumentKinds.Real, 0.1),
            Math.Max(1, arguments.Get("max_k", ArgumentKinds.Integer, 3)),
            (axes[0] + 3) % 3,
            (axes[1] + 3) % 3);
    }
}
