using System.Globalization;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Which windows are laid over an image, and in which order they run.</summary>
/// <remarks>
/// <para>Positions are MONAI's. The order is free, since a voxel's sum does not depend on it but for the last bit: the one that keeps the fewest voxels waiting is taken.
/// A voxel waits from its first window to its last. With the last two rows 49 planes apart instead of 24, running them together column by column halves what waits.</para>
/// <para>The voxels between window borders form cells that the same windows cover; a cell is the unit that waits and is finished.</para>
/// </remarks>
internal sealed class WindowPlan
{
    private const long MostVisitsForSearch = 1_000_000;

    private WindowPlan(SlidingWindowOptions options, GridSize imageSize, WindowAxis[] axes)
    {
        Options = options;
        ImageSize = imageSize;
        Axes = axes;
        (Order, PeakWaitingVoxels) = ChooseOrder();
    }

    /// <summary>The options that it follows.</summary>
    public SlidingWindowOptions Options { get; }

    /// <summary>Voxels of the image.</summary>
    public GridSize ImageSize { get; }

    /// <summary>The windows along x, y and z.</summary>
    public WindowAxis[] Axes { get; }

    /// <summary>Voxels of a window.</summary>
    public GridSize Roi => new(Axes[0].Roi, Axes[1].Roi, Axes[2].Roi);

    /// <summary>The windows, by their number along each axis, in the order in which they run.</summary>
    public IReadOnlyList<WindowIndex> Order { get; }

    /// <summary>The most voxels that wait for another window at any time; null when there were too many windows to try it out.</summary>
    public long? PeakWaitingVoxels { get; }

    /// <summary>The number of cells.</summary>
    public int CellCount => Axes[0].Segments.Length * Axes[1].Segments.Length * Axes[2].Segments.Length;

    /// <summary>Lays windows over an image.</summary>
    /// <exception cref="SlidingWindowException">An option is out of range, or the image is too small for the padding.</exception>
    public static WindowPlan Create(SlidingWindowOptions options, GridSize imageSize)
    {
        if (options.SpatialDims is not (2 or 3) || (options.SpatialDims == 2 && imageSize.K != 1))
        {
            throw new SlidingWindowException($"A network for {options.SpatialDims}-D images cannot be run on an image of {imageSize} voxels.");
        }

        if (options.BatchSize < 1)
        {
            throw new SlidingWindowException($"sw_batch_size is {options.BatchSize}; it must be at least 1.");
        }

        var axes = new WindowAxis[3];
        for (var axis = 0; axis < 3; axis++)
        {
            axes[axis] = axis < options.SpatialDims ? Axis(options, imageSize, axis) : new WindowAxis(1, 1, 0);
        }

        return new WindowPlan(options, imageSize, axes);
    }

    /// <summary>The entry for an axis of a list that has one entry for all axes or one for each.</summary>
    internal static T Entry<T>(IReadOnlyList<T> values, int axis, int spatialDims, string name)
    {
        if (values.Count != 1 && values.Count != spatialDims)
        {
            throw new SlidingWindowException($"{name} has {values.Count} entries; it must have one, or one for each of the {spatialDims} axes.");
        }

        return values.Count == 1 ? values[0] : values[axis];
    }

    private static WindowAxis Axis(SlidingWindowOptions options, GridSize imageSize, int axis)
    {
        var size = imageSize[axis];
        var roi = Entry(options.RoiSize, axis, options.SpatialDims, "roi_size");
        var overlap = Entry(options.Overlap, axis, options.SpatialDims, "overlap");
        if (!(overlap >= 0 && overlap < 1))
        {
            throw new SlidingWindowException(string.Create(CultureInfo.InvariantCulture, $"overlap is {overlap}; it must be at least 0 and below 1."));
        }

        var result = new WindowAxis(size, roi > 0 ? roi : size, overlap);
        var border = result.PaddedSize - size - result.PadLow;
        if ((options.Padding == WindowPadding.Reflect && border >= size) || (options.Padding == WindowPadding.Circular && border > size))
        {
            throw new SlidingWindowException(
                $"The image has {size} voxels along axis {axis}, too few to be padded to the window's {result.Roi} by '{options.Padding}'; use padding_mode replicate or a smaller roi_size.");
        }

        return result;
    }

    private (WindowIndex[] Order, long? Peak) ChooseOrder()
    {
        // MONAI's order first; another one only where it keeps clearly less waiting.
        var best = MakeOrder([0, 1, 2], pairSlow: false, pairMiddle: false);
        var visits = Axes.Aggregate(1L, (product, axis) => product * axis.SegmentsOfWindow.Sum(s => (long)(s.To - s.From)));
        if (visits > MostVisitsForSearch)
        {
            return (best, null);
        }

        var peak = Simulate(best);

        foreach (var axes in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            for (var pairing = 0; pairing < 4; pairing++)
            {
                var order = MakeOrder(axes, (pairing & 1) != 0, (pairing & 2) != 0);
                var waiting = Simulate(order);
                if (waiting < peak * 0.95)
                {
                    (best, peak) = (order, waiting);
                }
            }
        }

        return (best, peak);
    }

    // The slowest axis is axes[0]. Pairing runs the last two windows of an axis side by side instead of one after the other.
    private WindowIndex[] MakeOrder(int[] axes, bool pairSlow, bool pairMiddle)
    {
        var order = new List<WindowIndex>(Axes[0].Starts.Length * Axes[1].Starts.Length * Axes[2].Starts.Length);
        Span<int> index = stackalloc int[3];
        foreach (var slow in Groups(Axes[axes[0]].Starts.Length, pairSlow))
        {
            foreach (var middle in Groups(Axes[axes[1]].Starts.Length, pairMiddle))
            {
                for (var fast = 0; fast < Axes[axes[2]].Starts.Length; fast++)
                {
                    for (var s = slow.From; s < slow.To; s++)
                    {
                        for (var m = middle.From; m < middle.To; m++)
                        {
                            index[axes[0]] = s;
                            index[axes[1]] = m;
                            index[axes[2]] = fast;
                            order.Add(new WindowIndex(index[0], index[1], index[2]));
                        }
                    }
                }
            }
        }

        return [.. order];
    }

    private static IEnumerable<(int From, int To)> Groups(int count, bool pairLast)
    {
        var singles = pairLast && count > 1 ? count - 2 : count;
        for (var index = 0; index < singles; index++)
        {
            yield return (index, index + 1);
        }

        if (singles < count)
        {
            yield return (singles, count);
        }
    }

    private long Simulate(WindowIndex[] order)
    {
        var seen = new int[CellCount];
        long waiting = 0, peak = 0;
        foreach (var window in order)
        {
            long finished = 0;
            foreach (var cell in CellsOf(window))
            {
                if (cell.WindowCount == 1)
                {
                    continue;
                }

                var count = ++seen[cell.Number];
                waiting += count == 1 ? cell.VoxelCount : 0;
                finished += count == cell.WindowCount ? cell.VoxelCount : 0;
            }

            // Finished cells are freed after the window, not during it.
            peak = Math.Max(peak, waiting);
            waiting -= finished;
        }

        return peak;
    }

    /// <summary>The cells that a window covers.</summary>
    public IEnumerable<WindowCell> CellsOf(WindowIndex window)
    {
        var x = Axes[0].SegmentsOfWindow[window.X];
        var y = Axes[1].SegmentsOfWindow[window.Y];
        var z = Axes[2].SegmentsOfWindow[window.Z];
        for (var i = x.From; i < x.To; i++)
        {
            for (var j = y.From; j < y.To; j++)
            {
                for (var k = z.From; k < z.To; k++)
                {
                    var number = (((i * Axes[1].Segments.Length) + j) * Axes[2].Segments.Length) + k;
                    yield return new WindowCell(number, Axes[0].Segments[i], Axes[1].Segments[j], Axes[2].Segments[k]);
                }
            }
        }
    }
}
