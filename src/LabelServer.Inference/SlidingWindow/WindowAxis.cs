namespace LabelServer.Inference.SlidingWindow;

/// <summary>The windows along one axis of an image, and the runs of voxels between their borders.</summary>
/// <remarks>
/// Source: MONAI@d388d1c6 monai/inferers/utils.py:_get_scan_interval and monai/data/utils.py:dense_patch_slices. Positions count in the padded image, whose voxel
/// <see cref="PadLow"/> is voxel 0 of the image. The last window is shifted back so that it ends with the image.
/// </remarks>
internal sealed class WindowAxis
{
    /// <summary>Lays windows along an axis.</summary>
    /// <param name="size">Voxels of the image.</param>
    /// <param name="roi">Voxels of a window, at least 1.</param>
    /// <param name="overlap">0 up to but not including 1.</param>
    public WindowAxis(int size, int roi, double overlap)
    {
        Size = size;
        Roi = roi;
        PadLow = Math.Max(roi - size, 0) / 2;
        PaddedSize = Math.Max(size, roi);
        Starts = FindStarts(PaddedSize, roi, overlap);
        Segments = FindSegments();
        SegmentsOfWindow = [.. Enumerable.Range(0, Starts.Length).Select(FindSegmentsOf)];
    }

    /// <summary>Voxels of the image.</summary>
    public int Size { get; }

    /// <summary>Voxels of a window.</summary>
    public int Roi { get; }

    /// <summary>Voxels of padding before the image.</summary>
    public int PadLow { get; }

    /// <summary>Voxels with padding.</summary>
    public int PaddedSize { get; }

    /// <summary>The first voxel of each window, rising, in the padded image.</summary>
    public int[] Starts { get; }

    /// <summary>Runs of voxels that the same windows cover, in order; together they are the image without padding.</summary>
    public WindowSegment[] Segments { get; }

    /// <summary>For each window, the segments that it covers: first and one past the last.</summary>
    public (int From, int To)[] SegmentsOfWindow { get; }

    private static int[] FindStarts(int size, int roi, double overlap)
    {
        if (roi == size)
        {
            return [0];
        }

        var interval = Math.Max((int)(roi * (1 - overlap)), 1);
        var starts = new List<int>();
        for (var start = 0; ; start += interval)
        {
            starts.Add(Math.Min(start, size - roi));
            if (start + roi >= size)
            {
                return [.. starts];
            }
        }
    }

    private (int From, int To) FindSegmentsOf(int window)
    {
        var from = Array.FindIndex(Segments, s => s.FirstWindow <= window && window <= s.LastWindow);
        var to = Array.FindLastIndex(Segments, s => s.FirstWindow <= window && window <= s.LastWindow) + 1;
        return (Math.Max(from, 0), to);
    }

    private WindowSegment[] FindSegments()
    {
        int low = PadLow, high = PadLow + Size;
        var borders = new SortedSet<int> { low, high };
        foreach (var start in Starts)
        {
            borders.Add(Math.Clamp(start, low, high));
            borders.Add(Math.Clamp(start + Roi, low, high));
        }

        var segments = new List<WindowSegment>();
        var from = low;
        foreach (var to in borders.Skip(1))
        {
            var first = Array.FindIndex(Starts, s => s + Roi >= to);
            var last = Array.FindLastIndex(Starts, s => s <= from);
            segments.Add(new WindowSegment(from, to, first, last));
            from = to;
        }

        return [.. segments];
    }
}
