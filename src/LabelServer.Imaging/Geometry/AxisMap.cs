using System.Globalization;

namespace LabelServer.Imaging.Geometry;

/// <summary>A re-ordering of the three axes, each possibly reversed: axis <c>a</c> of the result is axis <c>Source(a)</c> of the source. Never interpolates.</summary>
/// <param name="SourceI">Which source axis (0, 1, 2) becomes the result's i.</param>
/// <param name="SourceJ">Which source axis becomes j.</param>
/// <param name="SourceK">Which source axis becomes k.</param>
/// <param name="FlipI">Whether the result's i runs against its source axis.</param>
/// <param name="FlipJ">Whether the result's j runs against its source axis.</param>
/// <param name="FlipK">Whether the result's k runs against its source axis.</param>
public readonly record struct AxisMap(int SourceI, int SourceJ, int SourceK, bool FlipI = false, bool FlipJ = false, bool FlipK = false)
{
    /// <summary>Every axis as it is.</summary>
    public static AxisMap Identity { get; } = new(0, 1, 2);

    /// <summary>True when nothing changes.</summary>
    public bool IsIdentity => this == Identity;

    /// <summary>True when no two axes are exchanged; they may be reversed.</summary>
    public bool KeepsAxisOrder => SourceI == 0 && SourceJ == 1 && SourceK == 2;

    /// <summary>The source axis of result axis <paramref name="axis"/> (0 is i).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis is not 0, 1 or 2.</exception>
    public int Source(int axis) => axis switch
    {
        0 => SourceI,
        1 => SourceJ,
        2 => SourceK,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <summary>Whether result axis <paramref name="axis"/> runs against its source axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis is not 0, 1 or 2.</exception>
    public bool Flipped(int axis) => axis switch
    {
        0 => FlipI,
        1 => FlipJ,
        2 => FlipK,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <summary>Builds a map from three source axes and three reversals.</summary>
    /// <exception cref="ArgumentException">An axis is named twice or not at all.</exception>
    public static AxisMap From(ReadOnlySpan<int> sources, ReadOnlySpan<bool> flips)
    {
        if (sources.Length != 3 || flips.Length != 3 || ((1 << sources[0]) | (1 << sources[1]) | (1 << sources[2])) != 7)
        {
            throw new ArgumentException("An axis map names each of the axes 0, 1 and 2 once.", nameof(sources));
        }

        return new(sources[0], sources[1], sources[2], flips[0], flips[1], flips[2]);
    }

    /// <summary>The map that reverses the given axes and exchanges none.</summary>
    public static AxisMap Flip(bool i, bool j, bool k) => new(0, 1, 2, i, j, k);

    /// <summary>The map that does <c>this</c> first and <paramref name="next"/> after it.</summary>
    public AxisMap Then(AxisMap next)
    {
        Span<int> sources = stackalloc int[3];
        Span<bool> flips = stackalloc bool[3];
        for (var axis = 0; axis < 3; axis++)
        {
            sources[axis] = Source(next.Source(axis));
            flips[axis] = Flipped(next.Source(axis)) != next.Flipped(axis);
        }

        return From(sources, flips);
    }

    /// <summary>The map that undoes this one.</summary>
    public AxisMap Inverse()
    {
        Span<int> sources = stackalloc int[3];
        Span<bool> flips = stackalloc bool[3];
        for (var axis = 0; axis < 3; axis++)
        {
            sources[Source(axis)] = axis;
            flips[Source(axis)] = Flipped(axis);
        }

        return From(sources, flips);
    }

    /// <summary>The size after the map.</summary>
    public GridSize Apply(GridSize size) => new(size[SourceI], size[SourceJ], size[SourceK]);

    /// <summary>The grid after the map: the same voxels at the same places, counted in another order.</summary>
    public VolumeGrid Apply(VolumeGrid grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        return new(Apply(grid.Size), grid.Affine * ToSourceIndex(grid.Size));
    }

    /// <summary>The affine from an index of the result to an index of the source.</summary>
    /// <param name="sourceSize">The source's size.</param>
    public Affine ToSourceIndex(GridSize sourceSize)
    {
        Span<double> rows = stackalloc double[12];
        rows.Clear();
        for (var axis = 0; axis < 3; axis++)
        {
            var source = Source(axis);
            rows[(source * 4) + axis] = Flipped(axis) ? -1 : 1;
            rows[(source * 4) + 3] = Flipped(axis) ? sourceSize[source] - 1 : 0;
        }

        return Affine.FromRows(rows);
    }

    /// <summary>The map as, for example, "(-1, 0, 2)": a minus for a reversed axis.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"({(FlipI ? "-" : "")}{SourceI}, {(FlipJ ? "-" : "")}{SourceJ}, {(FlipK ? "-" : "")}{SourceK})");
}
