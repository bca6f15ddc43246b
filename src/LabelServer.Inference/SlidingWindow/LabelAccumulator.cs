using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Keeps of each voxel only the class with the largest blended score. Softmax before an arg-max changes nothing, nor does the division by the sum of weights.</summary>
/// <typeparam name="T"><see cref="byte"/> for up to 256 classes, <see cref="ushort"/> for more.</typeparam>
internal sealed class LabelAccumulator<T> : BlendingAccumulator
    where T : unmanaged, IBinaryInteger<T>
{
    private const int ScoresOnStack = 8192;
    private readonly HeadKernel? _head;
    private readonly int _channels;
    private Volume<T>? _labels;

    /// <summary>Prepares for the windows of a plan.</summary>
    /// <param name="plan">The windows.</param>
    /// <param name="grid">The grid of the image.</param>
    /// <param name="channels">Channels that the network gives.</param>
    /// <param name="head">Its last step, or null.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public LabelAccumulator(WindowPlan plan, VolumeGrid grid, int channels, LinearHead? head, ParallelOptions parallel)
        : base(plan, channels, parallel)
    {
        _channels = channels;
        _head = head is null ? null : new HeadKernel(head);
        _labels = new Volume<T>(grid, clear: false);
    }

    /// <inheritdoc/>
    public override Volume Take()
    {
        var labels = _labels ?? throw new InvalidOperationException("The labels were taken.");
        _labels = null;
        return labels;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _head?.Dispose();
        _labels?.Dispose();
        _labels = null;
    }

    /// <inheritdoc/>
    protected override unsafe void Finish(float* sums, float* weights, int count, int x, int y, int z)
    {
        var size = _labels!.Size;
        var plane = (long)size.I * size.J;
        var target = _labels.Buffer.Pointer + ((((long)z * size.J) + y) * size.I) + x;
        if (_head is null)
        {
            for (var voxel = 0; voxel < count; voxel++)
            {
                target[voxel * plane] = T.CreateTruncating(ArgMaxKernel.Find(sums + ((long)voxel * _channels), _channels));
            }

            return;
        }

        var block = Math.Max(ScoresOnStack / _head.Stride, 1);
        var scores = stackalloc float[block * _head.Stride];
        for (var from = 0; from < count; from += block)
        {
            var voxels = Math.Min(block, count - from);
            _head.Apply(sums + ((long)from * _channels), weights is null ? null : weights + from, voxels, scores);
            for (var voxel = 0; voxel < voxels; voxel++)
            {
                target[(from + voxel) * plane] = T.CreateTruncating(ArgMaxKernel.Find(scores + (voxel * _head.Stride), _head.Outputs));
            }
        }
    }
}
