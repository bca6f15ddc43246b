using LabelServer.Inference.Networks;

namespace LabelServer.Worker.Runtimes;

/// <summary>Reads a network's scores, the step that it leaves to the caller included, to compare two runtimes.</summary>
internal static class NetworkScores
{
    /// <summary>The scores [N, voxels, classes] of a batch.</summary>
    public static unsafe float[] Of(INetwork network, ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken)
    {
        using var output = network.Run(windows, shape, cancellationToken);
        var classes = network.Head?.Outputs ?? output.Channels;
        var voxels = checked((int)shape.Size.VoxelCount);
        var scores = new float[checked(output.Count * voxels * classes)];
        for (var window = 0; window < output.Count; window++)
        {
            var values = output.Window(window);
            for (var voxel = 0; voxel < voxels; voxel++)
            {
                var target = scores.AsSpan(((window * voxels) + voxel) * classes, classes);
                Score(Features(values, voxel, output), network.Head, target);
            }
        }

        return scores;
    }

    private static unsafe float[] Features(nint values, int voxel, NetworkOutput output)
    {
        var features = new float[output.Channels];
        for (var channel = 0; channel < features.Length; channel++)
        {
            var at = ((long)voxel * output.Channels) + channel;
            features[channel] = output.ElementType == NetworkPrecision.BFloat16 ? BitConverter.UInt32BitsToSingle((uint)((ushort*)values)[at] << 16) : ((float*)values)[at];
        }

        return features;
    }

    private static void Score(float[] features, LinearHead? head, Span<float> target)
    {
        if (head is null)
        {
            features.CopyTo(target);
            return;
        }

        for (var output = 0; output < target.Length; output++)
            target[output] = head.Bias[output] + System.Numerics.Tensors.TensorPrimitives.Dot(head.Weights.AsSpan(output * features.Length, features.Length), features);
    }
}
