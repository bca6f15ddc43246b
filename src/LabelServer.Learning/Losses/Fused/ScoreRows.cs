using System.Numerics.Tensors;

namespace LabelServer.Learning.Losses.Fused;

/// <summary>The passes over the scores [voxel, class] of a block of voxels.</summary>
/// <remarks>Work is cut into runs of a fixed number of voxels whose sums are added in order: the result has the same bits on any number of threads.</remarks>
internal static unsafe class ScoreRows
{
    private const int RunVoxels = 512;

    /// <summary>Adds up what the loss needs. The scores are used up.</summary>
    /// <exception cref="LossException">The target holds a class that the network does not have or the label does not list.</exception>
    public static void Sum(nint scores, nint target, int voxels, ClassMerge merge, ClassSums sums)
    {
        var parts = new ClassSums[(voxels + RunVoxels - 1) / RunVoxels];
        ForRuns(voxels, (run, from, to) => parts[run] = SumRun((float*)scores, (float*)target, from, to, merge));
        foreach (var part in parts)
        {
            sums.Add(part);
        }
    }

    /// <summary>Replaces scores by the gradient of the loss.</summary>
    /// <param name="scores">The scores, then the gradient.</param>
    /// <param name="target">Class indices that <see cref="Sum"/> has checked.</param>
    /// <param name="voxels">Voxels of the block.</param>
    /// <param name="merge">What counts as background.</param>
    /// <param name="everywhere">For each class the derivative of the Dice loss by its probability.</param>
    /// <param name="own">What is added to it where the voxel is of the class.</param>
    /// <param name="entropy">The factor of the cross entropy of one voxel.</param>
    public static void Differentiate(nint scores, nint target, int voxels, ClassMerge merge, float[] everywhere, float[] own, float entropy) =>
        ForRuns(voxels, (_, from, to) =>
        {
            var classes = everywhere.Length;
            var room = new float[classes];
            for (var voxel = from; voxel < to; voxel++)
            {
                var row = new Span<float>((float*)scores + ((long)voxel * classes), classes);
                DifferentiateRow(row, room, (int)((float*)target)[voxel], merge, everywhere, own, entropy);
            }
        });

    private static ClassSums SumRun(float* scores, float* target, int from, int to, ClassMerge merge)
    {
        var classes = merge.Merged.Length;
        var sums = new ClassSums(classes);
        var (probabilities, room) = (new float[classes], new float[classes]);
        for (var voxel = from; voxel < to; voxel++)
        {
            var own = ClassOf(target[voxel], merge);
            var row = new Span<float>(scores + ((long)voxel * classes), classes);
            var (probability, logarithm) = SoftmaxRow.Activate(row, room).Of(row, own, merge);
            TensorPrimitives.Add<float>(probabilities, row, probabilities);
            sums.Overlap[own] += probability;
            sums.Target[own]++;
            sums.Entropy -= logarithm;
        }

        for (var c = 0; c < classes; c++)
        {
            sums.Probability[c] = probabilities[c];
        }

        return sums;
    }

    // With p = softmax(s): dL/ds_j = p_j·(g_j − Σ p·g) for g = dL/dp; that of −log Σ_own p is p_j − [own]·(p_j's share of the sum).
    private static void DifferentiateRow(Span<float> row, float[] room, int own, ClassMerge merge, float[] everywhere, float[] ownDice, float entropy)
    {
        var softmax = SoftmaxRow.Activate(row, room);
        var unlisted = own == 0 ? merge.Unlisted : null;
        var (probability, _) = softmax.Of(row, own, merge);
        var mean = TensorPrimitives.Dot<float>(row, everywhere) + (probability * ownDice[own]);
        if (unlisted is null)
        {
            var atOwn = (row[own] * (everywhere[own] + ownDice[own] - mean + entropy)) - entropy;
            Scale(row, everywhere, entropy - mean);
            row[own] = atOwn;
            return;
        }

        Span<float> added = stackalloc float[unlisted.Length];
        for (var i = 0; i < unlisted.Length; i++)
        {
            added[i] = (row[unlisted[i]] * ownDice[0]) - (float)(entropy * softmax.Share(row, unlisted[i], probability, unlisted));
        }

        Scale(row, everywhere, entropy - mean);
        for (var i = 0; i < unlisted.Length; i++)
        {
            row[unlisted[i]] += added[i];
        }
    }

    // p·(g + shift), without room for a second row.
    private static void Scale(Span<float> row, float[] everywhere, float shift)
    {
        var c = 0;
        var shifts = new System.Numerics.Vector<float>(shift);
        for (; c + System.Numerics.Vector<float>.Count <= row.Length; c += System.Numerics.Vector<float>.Count)
        {
            var part = row[c..];
            (new System.Numerics.Vector<float>(part) * (new System.Numerics.Vector<float>(everywhere, c) + shifts)).CopyTo(part);
        }

        for (; c < row.Length; c++)
        {
            row[c] *= everywhere[c] + shift;
        }
    }

    private static int ClassOf(float value, ClassMerge merge)
    {
        if (!(value >= 0 && value < merge.Merged.Length))
        {
            throw new LossException($"DiceCELoss: the target holds class {value}, the network has classes 0 to {merge.Merged.Length - 1}. Check the label map.");
        }

        return merge.IsKept((int)value) ? (int)value : throw new LossException("MarginalLoss: a label holds a class that it does not list.");
    }

    private static void ForRuns(int voxels, Action<int, int, int> work)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, TorchSharp.torch.get_num_threads()) };
        try
        {
            Parallel.For(0, (voxels + RunVoxels - 1) / RunVoxels, options, run => work(run, run * RunVoxels, Math.Min(voxels, (run + 1) * RunVoxels)));
        }
        catch (AggregateException error) when (error.InnerException is LossException inner)
        {
            throw new LossException(inner.Message, error);
        }
    }
}
