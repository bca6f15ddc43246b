namespace LabelServer.Inference.Networks;

/// <summary>The last step of a network, a 1×1×1 convolution: score[o] = bias[o] + Σ weight[o, f] · feature[f].</summary>
public sealed class LinearHead
{
    /// <summary>Creates a head.</summary>
    /// <param name="weights">Row-major [outputs, features].</param>
    /// <param name="bias">One value an output.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public LinearHead(float[] weights, float[] bias)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(bias);
        if (bias.Length == 0 || weights.Length == 0 || weights.Length % bias.Length != 0)
        {
            throw new ArgumentException($"{weights.Length} weights do not make {bias.Length} rows.", nameof(weights));
        }

        Weights = weights;
        Bias = bias;
    }

    /// <summary>Row-major [outputs, features].</summary>
    public float[] Weights { get; }

    /// <summary>One value an output.</summary>
    public float[] Bias { get; }

    /// <summary>The number of scores.</summary>
    public int Outputs => Bias.Length;

    /// <summary>The number of features that it reads.</summary>
    public int Features => Weights.Length / Bias.Length;
}
