namespace LabelServer.Learning.Losses.Fused;

/// <summary>What the Dice loss and the cross entropy of a sample add up over its voxels, by class; merged classes stand under 0.</summary>
internal sealed class ClassSums(int classes)
{
    /// <summary>Soft true positives.</summary>
    public double[] Overlap { get; } = new double[classes];

    /// <summary>Sums of probabilities, before classes are merged.</summary>
    public double[] Probability { get; } = new double[classes];

    /// <summary>Voxels of the target.</summary>
    public double[] Target { get; } = new double[classes];

    /// <summary>Minus the sum of the logarithms of the probabilities of the voxels' own classes.</summary>
    public double Entropy { get; set; }

    /// <summary>Adds the sums of other voxels.</summary>
    public void Add(ClassSums other)
    {
        for (var c = 0; c < Overlap.Length; c++)
        {
            Overlap[c] += other.Overlap[c];
            Probability[c] += other.Probability[c];
            Target[c] += other.Target[c];
        }

        Entropy += other.Entropy;
    }

    /// <summary>Puts the probabilities of merged classes together.</summary>
    public void Merge(ClassMerge merge)
    {
        for (var c = 1; c < Probability.Length; c++)
        {
            if (!merge.IsKept(c))
            {
                Probability[0] += Probability[c];
                Probability[c] = 0;
            }
        }
    }

    /// <summary>The loss, and what its gradient by the probabilities needs.</summary>
    /// <param name="terms">Factors and smoothing.</param>
    /// <param name="merge">What counts as background.</param>
    /// <param name="voxels">Voxels of the sample.</param>
    /// <returns>
    /// The loss L; for each class the derivative of its Dice loss by any of its probabilities, and what is added to it where the voxel is of the class.
    /// With D = P + T + b of a class: L = 1 − (2·TP + a)/D, so dL/dp = (2·TP + a)/D² − [own]·2/D.
    /// </returns>
    public (double Loss, float[] Everywhere, float[] Own) Close(HeadLossTerms terms, ClassMerge merge, long voxels)
    {
        var classes = Overlap.Length;
        var (everywhere, own) = (new float[classes], new float[classes]);
        var first = terms.IncludeBackground ? 0 : 1;
        var counted = merge.Kept - first;
        var dice = 0.0;
        for (var c = first; c < classes; c++)
        {
            if (merge.IsKept(c))
            {
                var numerator = (2 * Overlap[c]) + terms.SmoothNumerator;
                var denominator = Probability[c] + Target[c] + terms.SmoothDenominator;
                dice += 1 - (numerator / denominator);
                everywhere[c] = (float)(terms.DiceFactor / counted * numerator / (denominator * denominator));
                own[c] = (float)(-terms.DiceFactor / counted * 2 / denominator);
            }
        }

        for (var c = 1; c < classes; c++)
        {
            everywhere[c] = everywhere[merge.Merged[c]];
        }

        return ((terms.DiceFactor * dice / counted) + (terms.EntropyFactor * Entropy / voxels), everywhere, own);
    }
}
