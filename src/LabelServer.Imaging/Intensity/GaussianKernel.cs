namespace LabelServer.Imaging.Intensity;

/// <summary>The weights of a one-dimensional Gaussian, as MONAI makes them: cut at four standard deviations, not normalised.</summary>
/// <remarks>Source: MONAI monai/networks/layers/convutils.py (gaussian_1d).</remarks>
public static class GaussianKernel
{
    /// <summary>Standard deviations at which MONAI's filters cut the curve.</summary>
    public const double DefaultTruncation = 4.0;

    /// <summary>The weights, an odd number of them, the middle one first in importance.</summary>
    /// <param name="sigma">Standard deviation in voxels, at least 0.</param>
    /// <param name="approximation">How the weights are made.</param>
    /// <param name="truncation">Standard deviations at which the curve is cut.</param>
    public static float[] Weights(double sigma, GaussianApproximation approximation, double truncation = DefaultTruncation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sigma);
        var tail = (int)(Math.Max(sigma * truncation, 0.5) + 0.5);
        var weights = new float[(2 * tail) + 1];
        for (var n = 0; n <= tail; n++)
        {
            var weight = approximation switch
            {
                GaussianApproximation.ErrorFunction => Integral(n, sigma),
                GaussianApproximation.Sampled => sigma == 0 ? (n == 0 ? 1 : 0) : Math.Exp(-0.5 * n * n / (sigma * sigma)) / (2.5066282 * sigma),
                _ => ScaledBessel(n, sigma * sigma),
            };
            weights[tail + n] = weights[tail - n] = (float)weight;
        }

        return weights;
    }

    private static double Integral(int n, double sigma)
    {
        if (sigma == 0)
        {
            return n == 0 ? 1 : 0;
        }

        var t = 0.70710678 / sigma;
        return Math.Max(0, 0.5 * (ErrorFunction.Erf(t * (n + 0.5)) - ErrorFunction.Erf(t * (n - 0.5))));
    }

    // exp(-x) times the modified Bessel function of the first kind, by its power series.
    private static double ScaledBessel(int order, double x)
    {
        double half = x / 2, term = 1;
        for (var n = 1; n <= order; n++)
        {
            term *= half / n;
        }

        var sum = term;
        for (var n = 1; n < 500 && term > sum * 1e-17; n++)
        {
            term *= half / n * (half / (n + order));
            sum += term;
        }

        return sum * Math.Exp(-x);
    }
}
