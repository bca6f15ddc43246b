using static TorchSharp.torch;

namespace LabelServer.Learning.Losses;

/// <summary>The checks and conversions of scores and targets that all losses share.</summary>
internal static class LossShapes
{
    /// <summary>Checks that the target has the scores' samples and voxels and either one channel or as many.</summary>
    public static void Require(Tensor scores, Tensor target, string loss)
    {
        var (s, t) = (scores.shape, target.shape);
        if (s.Length < 3 || s.Length != t.Length || s[0] != t[0] || !s.AsSpan(2).SequenceEqual(t.AsSpan(2)))
        {
            throw new LossException($"{loss}: scores of shape {Describe(s)} and a target of shape {Describe(t)} do not belong together; samples and voxels must be the same.");
        }

        if (t[1] != 1 && t[1] != s[1])
        {
            throw new LossException($"{loss}: the target has {t[1]} channels; it needs 1 (class indices) or {s[1]}, one for each class of the scores.");
        }
    }

    /// <summary>The probabilities of the scores. A softmax over one channel is left out, as in MONAI.</summary>
    public static Tensor Activate(Tensor scores, ScoreActivation activation) => activation switch
    {
        ScoreActivation.Sigmoid => scores.sigmoid(),
        ScoreActivation.Softmax when scores.shape[1] > 1 => scores.softmax(1),
        _ => scores.alias(),
    };

    /// <summary>One plane of 0 and 1 for each class, in the type of the scores.</summary>
    /// <exception cref="LossException">A class index lies outside the classes.</exception>
    public static Tensor OneHot(Tensor target, long classes, ScalarType type, string loss)
    {
        using var scope = NewDisposeScope();
        var indices = Indices(target, classes, loss);
        var shape = target.shape;
        shape[1] = classes;
        return zeros(shape, type, target.device).scatter_(1, indices, ones_like(indices, type)).MoveToOuterDisposeScope();
    }

    /// <summary>The class indices as 64-bit numbers, checked against the number of classes.</summary>
    /// <exception cref="LossException">A class index lies outside the classes.</exception>
    public static Tensor Indices(Tensor target, long classes, string loss)
    {
        var indices = target.to_type(ScalarType.Int64);
        using var scope = NewDisposeScope();
        var (low, high) = (indices.min().item<long>(), indices.max().item<long>());
        if (low < 0 || high >= classes)
        {
            throw new LossException($"{loss}: the target holds class {(low < 0 ? low : high)}, the network has classes 0 to {classes - 1}. Check the label map.");
        }

        return indices;
    }

    /// <summary>Class weights as a tensor [C], or null. A single weight counts for all classes.</summary>
    /// <exception cref="LossException">The number of weights is not the number of classes.</exception>
    public static Tensor? Weights(IReadOnlyList<double>? weights, long classes, Tensor like, string loss)
    {
        if (weights is null)
        {
            return null;
        }

        if (weights.Count != 1 && weights.Count != classes)
        {
            throw new LossException($"{loss}: {weights.Count} class weights for {classes} classes. Without background, its weight is left out too.");
        }

        var values = new float[classes];
        for (var i = 0; i < classes; i++)
        {
            values[i] = (float)weights[weights.Count == 1 ? 0 : i];
        }

        return tensor(values, dtype: like.dtype, device: like.device);
    }

    /// <summary>Checks class weights and factors when a loss is made.</summary>
    /// <exception cref="LossException">One of them is negative or not a number.</exception>
    public static void RequireNotNegative(string loss, string option, params IEnumerable<double> values)
    {
        foreach (var value in values)
        {
            if (!(value >= 0))
            {
                throw new LossException(FormattableString.Invariant($"{loss}: {option} must not be negative; it is {value}."));
            }
        }
    }

    /// <summary>The weights of the kept classes.</summary>
    public static IReadOnlyList<double>? Select(IReadOnlyList<double>? weights, IReadOnlyList<int> kept, bool includesBackground)
    {
        if (weights is null || weights.Count == 1)
        {
            return weights;
        }

        return [.. kept.Where(c => includesBackground || c > 0).Select(c => weights[includesBackground ? c : c - 1])];
    }

    /// <summary>Reduces a tensor.</summary>
    public static Tensor Reduce(Tensor values, LossReduction reduction) => reduction switch
    {
        LossReduction.Mean => values.mean(),
        LossReduction.Sum => values.sum(),
        _ => values.alias(),
    };

    /// <summary>"[2, 105, 96, 96, 96]".</summary>
    public static string Describe(long[] shape) => $"[{string.Join(", ", shape)}]";
}
