using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Keeps all blended scores, one channel a class: for postprocessing that needs more than the largest.</summary>
internal sealed class ScoreAccumulator : BlendingAccumulator
{
    private readonly HeadKernel? _head;
    private readonly int _channels;
    private Volume<float>? _scores;

    /// <inheritdoc cref="LabelAccumulator{T}(WindowPlan, VolumeGrid, int, LinearHead?, ParallelOptions)"/>
    public ScoreAccumulator(WindowPlan plan, VolumeGrid grid, int channels, LinearHead? head, ParallelOptions parallel)
        : base(plan, channels, parallel)
    {
        _channels = channels;
        _head = head is null ? null : new HeadKernel(head);
        _scores = new Volume<float>(grid, head?.Outputs ?? channels, clear: false);
    }

    /// <inheritdoc/>
    public override Volume Take()
    {
        var scores = _scores ?? throw new InvalidOperationException("The scores were taken.");
        _scores = null;
        return scores;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _head?.Dispose();
        _scores?.Dispose();
        _scores = null;
    }

    /// <inheritdoc/>
    protected override unsafe void Finish(float* sums, float* weights, int count, int x, int y, int z)
    {
        var size = _scores!.Size;
        var plane = (long)size.I * size.J;
        var target = _scores.Buffer.Pointer + ((((long)z * size.J) + y) * size.I) + x;
        var scores = stackalloc float[_head?.Stride ?? 1];
        for (var voxel = 0; voxel < count; voxel++)
        {
            var values = sums + ((long)voxel * _channels);
            var weight = weights is null ? 1 : weights[voxel];
            if (_head is not null)
            {
                _head.Apply(values, weights is null ? null : &weight, 1, scores);
                values = scores;
            }

            for (var channel = 0; channel < _scores.Channels; channel++)
            {
                target[(channel * size.VoxelCount) + (voxel * plane)] = values[channel] / weight;
            }
        }
    }
}
