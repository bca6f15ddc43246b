namespace LabelServer.Inference.Uncertainty;

/// <summary>How much repeated predictions of one voxel are spread.</summary>
/// <remarks>Source: MONAILabel@058ddfc4 monailabel/tasks/scoring/{epistemic,epistemic_v2}.py. Golden: PredictionSpreadGoldenTests.</remarks>
public static class PredictionSpread
{
    // The original replaces what has no logarithm; and so, at another size, in the variance.
    private const float LeastForEntropy = 0.00005f;
    private const float LeastForVariance = 0.0005f;

    /// <summary>The entropy of the mean prediction: Σ over classes of −p̄ · ln p̄, p̄ being the mean over the repetitions.</summary>
    /// <param name="probabilities">[repetition, class], as many classes as <paramref name="classes"/>.</param>
    /// <param name="classes">Classes in each repetition.</param>
    /// <param name="from">The first class that counts: 1 leaves the background out.</param>
    public static float Entropy(ReadOnlySpan<float> probabilities, int classes, int from = 0)
    {
        var repetitions = probabilities.Length / classes;
        float entropy = 0;
        for (var c = from; c < classes; c++)
        {
            float sum = 0;
            for (var at = c; at < probabilities.Length; at += classes)
            {
                sum += AtLeast(probabilities[at], LeastForEntropy);
            }

            var mean = sum / repetitions;
            entropy -= mean * MathF.Log(mean);
        }

        return entropy;
    }

    /// <summary>The variance between the repetitions (of the whole population), summed over the classes.</summary>
    /// <inheritdoc cref="Entropy"/>
    public static float Variance(ReadOnlySpan<float> probabilities, int classes, int from = 0)
    {
        var repetitions = probabilities.Length / classes;
        float variance = 0;
        for (var c = from; c < classes; c++)
        {
            float sum = 0, squares = 0;
            for (var at = c; at < probabilities.Length; at += classes)
            {
                sum += AtLeast(probabilities[at], LeastForVariance);
            }

            var mean = sum / repetitions;
            for (var at = c; at < probabilities.Length; at += classes)
            {
                var difference = AtLeast(probabilities[at], LeastForVariance) - mean;
                squares += difference * difference;
            }

            variance += squares / repetitions;
        }

        return variance;
    }

    // NaN stays NaN: such a voxel is left out of the mean.
    private static float AtLeast(float value, float least) => value <= 0 ? least : value;
}
