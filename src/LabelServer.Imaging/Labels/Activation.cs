using System.Numerics.Tensors;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Labels;

/// <summary>Turns scores into probabilities, in place.</summary>
public static class Activation
{
    // Voxels of one block: all its channels stay in the second-level cache between the three passes of the softmax.
    private const int Block = 1024;

    /// <summary>1 / (1 + exp(-x)) of every sample.</summary>
    public static void Sigmoid(Volume<float> volume, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(parallel);
        var length = volume.Samples.Length;
        Parallel.For(0, (length + Block - 1) / Block, parallel, block =>
        {
            var part = volume.Samples.Slice(block * Block, Math.Min(Block, length - (block * Block)));
            TensorPrimitives.Sigmoid(part, part);
        });
    }

    /// <summary>exp(x) over its sum along an axis; the largest value is subtracted first, so that nothing overflows.</summary>
    /// <param name="volume">Scores.</param>
    /// <param name="dimension">0 the channels; 1, 2, 3 the axes i, j, k.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The dimension is not 0 to 3.</exception>
    public static void Softmax(Volume<float> volume, int dimension, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentOutOfRangeException.ThrowIfNegative(dimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, 3);

        // Memory is a nest of axes; what lies inside the axis is one run of neighbours, what lies outside repeats.
        var (i, j, k) = volume.Size;
        var (inner, length) = dimension switch
        {
            0 => (i * j * k, volume.Channels),
            1 => (1, i),
            2 => (i, j),
            _ => (i * j, k),
        };
        var span = inner * length;
        var blocks = (inner + Block - 1) / Block;
        Parallel.For(0, volume.Samples.Length / Math.Max(span, 1) * blocks, parallel, index =>
        {
            var (outer, block) = Math.DivRem(index, blocks);
            var width = Math.Min(Block, inner - (block * Block));
            SoftmaxBlock(volume.Samples[((outer * span) + (block * Block))..], inner, length, width);
        });
    }

    private static void SoftmaxBlock(Span<float> samples, int stride, int length, int width)
    {
        Span<float> largest = stackalloc float[width], sum = stackalloc float[width];
        samples[..width].CopyTo(largest);
        for (var n = 1; n < length; n++)
        {
            TensorPrimitives.Max(largest, samples.Slice(n * stride, width), largest);
        }

        sum.Clear();
        for (var n = 0; n < length; n++)
        {
            var row = samples.Slice(n * stride, width);
            TensorPrimitives.Subtract(row, largest, row);
            TensorPrimitives.Exp(row, row);
            TensorPrimitives.Add(sum, row, sum);
        }

        for (var n = 0; n < length; n++)
        {
            var row = samples.Slice(n * stride, width);
            TensorPrimitives.Divide(row, sum, row);
        }
    }
}
