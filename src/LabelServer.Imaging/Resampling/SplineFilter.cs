namespace LabelServer.Imaging.Resampling;

/// <summary>Turns samples into the coefficients of a B-spline that passes through them, along one line, in place.</summary>
/// <remarks>Source: M. Unser, "Splines: a perfect fit for signal and image processing" (1999): one causal and one anticausal recursive filter for each pole. The boundary is exact:
/// the start of the causal filter is the whole sum over one period of the extended line, as in SciPy's spline_filter.</remarks>
internal static class SplineFilter
{
    /// <summary>Filters a line.</summary>
    /// <param name="line">Samples, then coefficients.</param>
    /// <param name="order">2 to 5; orders 0 and 1 need no filter.</param>
    /// <param name="outside">How the line goes on beyond its ends.</param>
    public static void Apply(Span<double> line, int order, OutOfBounds outside)
    {
        var n = line.Length;
        if (n < 2 || order < 2)
        {
            return;
        }

        var poles = Poles(order);
        var gain = 1.0;
        foreach (var pole in poles)
        {
            gain *= (1 - pole) * (1 - (1 / pole));
        }

        for (var index = 0; index < n; index++)
        {
            line[index] *= gain;
        }

        foreach (var pole in poles)
        {
            line[0] = CausalStart(line, pole, outside);
            for (var index = 1; index < n; index++)
            {
                line[index] += pole * line[index - 1];
            }

            line[n - 1] = AnticausalStart(line, pole, outside);
            for (var index = n - 2; index >= 0; index--)
            {
                line[index] = pole * (line[index + 1] - line[index]);
            }
        }
    }

    private static double[] Poles(int order) => order switch
    {
        2 => [Math.Sqrt(8) - 3],
        3 => [Math.Sqrt(3) - 2],
        4 => [Math.Sqrt(664 - Math.Sqrt(438976)) + Math.Sqrt(304) - 19, Math.Sqrt(664 + Math.Sqrt(438976)) - Math.Sqrt(304) - 19],
        _ => [Math.Sqrt(67.5 - Math.Sqrt(4436.25)) + Math.Sqrt(26.25) - 6.5, Math.Sqrt(67.5 + Math.Sqrt(4436.25)) - Math.Sqrt(26.25) - 6.5],
    };

    private static double CausalStart(ReadOnlySpan<double> line, double pole, OutOfBounds outside)
    {
        var n = line.Length;
        var period = outside switch
        {
            OutOfBounds.GridWrap => n,
            OutOfBounds.Border or OutOfBounds.Reflection => 2 * n,
            _ => (2 * n) - 2,
        };
        double sum = 0, power = 1;
        for (var index = 0; index < period && Math.Abs(power) > 1e-20; index++)
        {
            sum += power * line[Mirrored(index, n, outside)];
            power *= pole;
        }

        return sum / (1 - Math.Pow(pole, period));
    }

    // The line's index of what lies `distance` before its start, for a distance of less than one period.
    private static int Mirrored(int distance, int n, OutOfBounds outside) => outside switch
    {
        OutOfBounds.GridWrap => (n - distance) % n,
        OutOfBounds.Border or OutOfBounds.Reflection => distance == 0 ? 0 : distance <= n ? distance - 1 : (2 * n) - distance,
        _ => distance < n ? distance : (2 * n) - 2 - distance,
    };

    private static double AnticausalStart(ReadOnlySpan<double> line, double pole, OutOfBounds outside)
    {
        var n = line.Length;
        switch (outside)
        {
            case OutOfBounds.GridWrap:
                double sum = 0, power = 1;
                for (var index = 0; index < n && Math.Abs(power) > 1e-20; index++)
                {
                    sum += power * line[(n - 1 + index) % n];
                    power *= pole;
                }

                return sum * pole / (Math.Pow(pole, n) - 1);
            case OutOfBounds.Border or OutOfBounds.Reflection:
                return line[n - 1] * pole / (pole - 1);
            default:
                return ((pole * line[n - 2]) + line[n - 1]) * pole / ((pole * pole) - 1);
        }
    }
}
