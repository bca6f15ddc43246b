namespace LabelServer.Imaging.Resampling;

/// <summary>Brings a position outside an axis back inside, as torch's <c>grid_sample</c> does.</summary>
internal static class Boundary
{
    /// <summary>The position to read instead; unchanged for zeros, where the caller tests the bounds.</summary>
    public static double Apply(double position, int size, OutOfBounds outside, bool alignCorners) => outside switch
    {
        OutOfBounds.Border => Clip(position, size),
        OutOfBounds.Reflection => Clip(alignCorners ? Reflect(position, 0, size - 1) : Reflect(position, -0.5, size), size),
        _ => position,
    };

    private static double Clip(double position, int size) => Math.Min(size - 1, Math.Max(position, 0));

    private static double Reflect(double position, double low, double span)
    {
        if (span <= 0)
        {
            return 0;
        }

        var distance = Math.Abs(position - low);
        var extra = distance % span;
        var flips = Math.Floor(distance / span);
        return flips % 2 == 0 ? extra + low : span - extra + low;
    }
}
