namespace LabelServer.Imaging.Resampling;

/// <summary>For every index of one axis of the target: which indices of the source's axis it is made of, with which weights.</summary>
/// <remarks>Every target index has the same number of taps, <see cref="Width"/>; unused ones have weight 0 and a valid index, so that loops need no bounds tests.</remarks>
internal sealed class AxisTaps
{
    public AxisTaps(int length, int width)
    {
        Length = length;
        Width = width;
        Index = new int[length * width];
        Weight = new float[length * width];
    }

    /// <summary>The number of target indices.</summary>
    public int Length { get; }

    /// <summary>Taps per target index.</summary>
    public int Width { get; }

    /// <summary>Source indices, <see cref="Width"/> for each target index.</summary>
    public int[] Index { get; }

    /// <summary>Weights, <see cref="Width"/> for each target index.</summary>
    public float[] Weight { get; }

    /// <summary>Two taps around each (continuous) source position, as torch's <c>grid_sample</c> takes them.</summary>
    /// <param name="positions">Source positions in voxels, already clipped or mirrored unless zeros are read outside.</param>
    /// <param name="size">The source's size along the axis.</param>
    /// <param name="edge">Whether a tap outside takes the border's voxel; otherwise it counts as 0.</param>
    public static AxisTaps Linear(ReadOnlySpan<double> positions, int size, bool edge = false)
    {
        var taps = new AxisTaps(positions.Length, 2);
        for (var n = 0; n < positions.Length; n++)
        {
            var lower = Math.Floor(positions[n]);
            var fraction = positions[n] - lower;
            taps.Set(n, 0, lower, 1 - fraction, size, edge);
            taps.Set(n, 1, lower + 1, fraction, size, edge);
        }

        return taps;
    }

    /// <summary>torch's <c>area</c> (adaptive average pooling): the mean of the source voxels from floor(n·size/length) to ceil((n+1)·size/length).</summary>
    public static AxisTaps Area(int length, int size)
    {
        var width = 1;
        for (var n = 0; n < length; n++)
        {
            var (start, end) = AreaRange(n, length, size);
            width = Math.Max(width, end - start);
        }

        var taps = new AxisTaps(length, width);
        for (var n = 0; n < length; n++)
        {
            var (start, end) = AreaRange(n, length, size);
            for (var tap = 0; tap < width; tap++)
            {
                taps.Index[(n * width) + tap] = Math.Min(start + tap, size - 1);
                taps.Weight[(n * width) + tap] = start + tap < end ? 1f / (end - start) : 0;
            }
        }

        return taps;
    }

    /// <summary>The same taps on an axis that runs the other way.</summary>
    public void Reverse(int size)
    {
        for (var n = 0; n < Index.Length; n++)
        {
            Index[n] = size - 1 - Index[n];
        }
    }

    private static (int Start, int End) AreaRange(int n, int length, int size) =>
        ((int)((long)n * size / length), (int)((((long)n + 1) * size + length - 1) / length));

    private void Set(int n, int tap, double index, double weight, int size, bool edge)
    {
        var inside = index >= 0 && index < size;
        Index[(n * Width) + tap] = inside ? (int)index : (index < 0 ? 0 : size - 1);
        Weight[(n * Width) + tap] = inside || edge ? (float)weight : 0;
    }
}
