using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;

namespace LabelServer.Inference.Uncertainty;

/// <summary>Blends the windows of all repetitions, and of each finished voxel keeps sums only.</summary>
/// <remarks>Scores are blended for each repetition and become probabilities after it, as in the original: softmax over the classes, or the sigmoid of a single one.</remarks>
internal sealed class UncertaintyAccumulator : BlendingAccumulator
{
    private const int MostOnStack = 8192;
    private readonly Lock _gate = new();
    private readonly HeadKernel? _head;
    private readonly VolumeGrid _grid;
    private readonly int _repetitions;
    private readonly int _perRun;
    private readonly int _classes;
    private readonly long[] _winners;
    private double _entropy;
    private double _variance;
    private long _voxels;

    /// <summary>Prepares for the windows of a plan.</summary>
    /// <param name="plan">The windows.</param>
    /// <param name="grid">The grid of the preprocessed image.</param>
    /// <param name="channels">Channels of all repetitions together.</param>
    /// <param name="repetitions">Repetitions.</param>
    /// <param name="head">The network's last step, or null.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public UncertaintyAccumulator(WindowPlan plan, VolumeGrid grid, int channels, int repetitions, LinearHead? head, ParallelOptions parallel)
        : base(plan, channels, parallel)
    {
        _grid = grid;
        _repetitions = repetitions;
        _perRun = channels / repetitions;
        _head = head is null ? null : new HeadKernel(head);
        _classes = head?.Outputs ?? _perRun;
        _winners = new long[Math.Max(_classes, 2)];
    }

    /// <summary>The result, after the last window.</summary>
    /// <param name="features">What the network's encoder made of the windows.</param>
    public UncertaintyResult Result(IReadOnlyList<double> features)
    {
        var volume = Math.Abs(_grid.Affine.Determinant);
        return new(
            _voxels == 0 ? 0 : _entropy / _voxels,
            _voxels == 0 ? 0 : _variance / _voxels,
            [.. _winners.Select(w => w * volume)],
            features,
            _repetitions);
    }

    /// <summary>There is no volume: <see cref="Result"/> holds the sums.</summary>
    public override Volume Take() => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _head?.Dispose();

    /// <inheritdoc/>
    protected override unsafe void Finish(float* sums, float* weights, int count, int x, int y, int z)
    {
        var length = _repetitions * _classes;
        var probabilities = length <= MostOnStack ? stackalloc float[length] : new float[length];
        var scores = stackalloc float[_head?.Stride ?? 1];
        var winners = new long[_winners.Length];
        double entropy = 0, variance = 0;
        var finite = 0;
        var from = _classes > 1 ? 1 : 0;
        for (var voxel = 0; voxel < count; voxel++)
        {
            var weight = weights is null ? 1 : weights[voxel];
            for (var repetition = 0; repetition < _repetitions; repetition++)
            {
                var values = sums + ((((long)voxel * _repetitions) + repetition) * _perRun);
                if (_head is not null)
                {
                    _head.Apply(values, &weight, 1, scores);
                    values = scores;
                }

                Probabilities(new ReadOnlySpan<float>(values, _classes), weight, probabilities.Slice(repetition * _classes, _classes));
            }

            winners[Winner(probabilities)]++;
            var spread = PredictionSpread.Entropy(probabilities, _classes, from);
            if (!float.IsNaN(spread))
            {
                entropy += spread;
                variance += PredictionSpread.Variance(probabilities, _classes, from);
                finite++;
            }
        }

        Merge(winners, entropy, variance, finite);
    }

    private static void Probabilities(ReadOnlySpan<float> scores, float weight, Span<float> result)
    {
        if (scores.Length == 1)
        {
            result[0] = 1 / (1 + MathF.Exp(-scores[0] / weight));
            return;
        }

        var largest = float.NegativeInfinity;
        foreach (var score in scores)
        {
            largest = MathF.Max(largest, score / weight);
        }

        float sum = 0;
        for (var c = 0; c < scores.Length; c++)
        {
            sum += result[c] = MathF.Exp((scores[c] / weight) - largest);
        }

        for (var c = 0; c < scores.Length; c++)
        {
            result[c] /= sum;
        }
    }

    private int Winner(ReadOnlySpan<float> probabilities)
    {
        var (best, most) = (0, double.NegativeInfinity);
        for (var c = 0; c < _classes; c++)
        {
            double sum = 0;
            for (var at = c; at < probabilities.Length; at += _classes)
            {
                sum += probabilities[at];
            }

            if (_classes == 1)
            {
                return sum / _repetitions > 0.5 ? 1 : 0;
            }

            if (sum > most)
            {
                (best, most) = (c, sum);
            }
        }

        return best;
    }

    private void Merge(long[] winners, double entropy, double variance, int voxels)
    {
        lock (_gate)
        {
            for (var c = 0; c < winners.Length; c++)
            {
                _winners[c] += winners[c];
            }

            _entropy += entropy;
            _variance += variance;
            _voxels += voxels;
        }
    }
}
