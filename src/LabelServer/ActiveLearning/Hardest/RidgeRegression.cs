namespace LabelServer.ActiveLearning.Hardest;

/// <summary>Linear regression with a penalty on the weights, for few examples: predictors are standardised, and the penalty is the one with the smallest error on examples left out one by one.</summary>
internal sealed class RidgeRegression
{
    private static readonly double[] Penalties = [0.1, 0.3, 1, 3, 10, 30, 100];
    private readonly double[] _means;
    private readonly double[] _scales;
    private readonly double[] _weights;
    private readonly double _mean;

    private RidgeRegression(double[] means, double[] scales, double[] weights, double mean) => (_means, _scales, _weights, _mean) = (means, scales, weights, mean);

    /// <summary>Fits.</summary>
    /// <param name="inputs">One row for each example, all of the same length.</param>
    /// <param name="outputs">As many values.</param>
    /// <returns>The regression, and for each example what the same regression without it predicts.</returns>
    public static (RidgeRegression Fit, double[] LeftOut) Fit(IReadOnlyList<double[]> inputs, IReadOnlyList<double> outputs)
    {
        var (best, leftOut) = (Penalties[0], Array.Empty<double>());
        var least = double.PositiveInfinity;
        foreach (var penalty in Penalties)
        {
            var predictions = Enumerable.Range(0, inputs.Count).Select(n => Solve([.. inputs.Where((_, i) => i != n)], [.. outputs.Where((_, i) => i != n)], penalty).Predict(inputs[n])).ToArray();
            var error = predictions.Zip(outputs, (p, y) => (p - y) * (p - y)).Sum();
            if (error < least)
            {
                (best, leftOut, least) = (penalty, predictions, error);
            }
        }

        return (Solve(inputs, outputs, best), leftOut);
    }

    /// <summary>The prediction for a row.</summary>
    public double Predict(double[] input) => _mean + _weights.Select((w, i) => w * ((input[i] - _means[i]) / _scales[i])).Sum();

    private static RidgeRegression Solve(IReadOnlyList<double[]> inputs, IReadOnlyList<double> outputs, double penalty)
    {
        var (n, width) = (inputs.Count, inputs[0].Length);
        var means = Enumerable.Range(0, width).Select(i => inputs.Average(x => x[i])).ToArray();
        var scales = Enumerable.Range(0, width).Select(i => Math.Sqrt(inputs.Sum(x => (x[i] - means[i]) * (x[i] - means[i])) / n) is var sd && sd > 1e-12 ? sd : 1).ToArray();
        var mean = outputs.Average();
        var rows = inputs.Select(x => x.Select((v, i) => (v - means[i]) / scales[i]).ToArray()).ToArray();
        var matrix = new double[width, width + 1];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < width; j++)
            {
                matrix[i, j] = rows.Sum(r => r[i] * r[j]) + (i == j ? penalty : 0);
            }

            matrix[i, width] = rows.Select((r, at) => r[i] * (outputs[at] - mean)).Sum();
        }

        return new(means, scales, Eliminate(matrix, width), mean);
    }

    // Gaussian elimination; the penalty keeps the diagonal away from 0, so no pivoting is needed.
    private static double[] Eliminate(double[,] matrix, int width)
    {
        for (var column = 0; column < width; column++)
        {
            for (var row = column + 1; row < width; row++)
            {
                var factor = matrix[row, column] / matrix[column, column];
                for (var at = column; at <= width; at++)
                {
                    matrix[row, at] -= factor * matrix[column, at];
                }
            }
        }

        var result = new double[width];
        for (var row = width - 1; row >= 0; row--)
        {
            var sum = matrix[row, width];
            for (var at = row + 1; at < width; at++)
            {
                sum -= matrix[row, at] * result[at];
            }

            result[row] = sum / matrix[row, row];
        }

        return result;
    }
}
