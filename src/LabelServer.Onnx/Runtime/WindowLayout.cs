using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Onnx.Runtime;

/// <summary>Moves windows between the memory orders of this program and of models: channel slowest or fastest, float32 or float16.</summary>
internal static unsafe class WindowLayout
{
    // Voxels of a block: with 32 channels its float32 values fit into the first cache.
    private const int BlockVoxels = 128;
    private const int TaskVoxels = 1 << 14;

    /// <summary>Copies channels of one window into a model's input.</summary>
    /// <param name="window">Values of the channels, [C, voxels].</param>
    /// <param name="target">The input's memory for this window.</param>
    /// <param name="channels">C.</param>
    /// <param name="channelsLast">Whether the input is [voxels, C].</param>
    /// <param name="isHalf">Whether the input is float16.</param>
    public static void Fill(ReadOnlySpan<float> window, void* target, int channels, bool channelsLast, bool isHalf)
    {
        if (!channelsLast || channels == 1)
        {
            Copy(window, target, isHalf);
            return;
        }

        using var turned = new NativeBuffer<float>(window.Length, clear: false);
        fixed (float* from = window)
        {
            ToLast(from, turned.Pointer, channels, window.Length / channels);
        }

        Copy(turned.GetSpan(), target, isHalf);
    }

    /// <summary>Writes a model's output for one window as [voxels, C] in float32.</summary>
    /// <param name="source">The output's memory for this window.</param>
    /// <param name="target">C times voxels values.</param>
    /// <param name="channels">C.</param>
    /// <param name="voxels">Voxels of the window.</param>
    /// <param name="channelsLast">Whether the output is [voxels, C].</param>
    /// <param name="isHalf">Whether the output is float16.</param>
    public static void Read(void* source, float* target, int channels, int voxels, bool channelsLast, bool isHalf)
    {
        var count = checked(channels * voxels);
        if (channelsLast || channels == 1)
        {
            if (isHalf)
                TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(source, count), new Span<float>(target, count));
            else
                new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(target, count));
            return;
        }

        if (!isHalf)
        {
            ToLast((float*)source, target, channels, voxels);
            return;
        }

        using var wide = new NativeBuffer<float>(count, clear: false);
        TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(source, count), wide.GetSpan());
        ToLast(wide.Pointer, target, channels, voxels);
    }

    private static void Copy(ReadOnlySpan<float> values, void* target, bool isHalf)
    {
        if (isHalf)
            TensorPrimitives.ConvertToHalf(values, new Span<Half>(target, values.Length));
        else
            MemoryMarshal.AsBytes(values).CopyTo(new Span<byte>(target, checked(values.Length * sizeof(float))));
    }

    private static void ToLast(float* source, float* target, int channels, int voxels) =>
        Parallel.For(0, (voxels + TaskVoxels - 1) / TaskVoxels, task =>
        {
            var end = Math.Min(voxels, (task + 1) * TaskVoxels);
            for (var block = task * TaskVoxels; block < end; block += BlockVoxels)
            {
                var stop = Math.Min(end, block + BlockVoxels);
                for (var channel = 0; channel < channels; channel++)
                {
                    var from = source + ((long)channel * voxels);
                    var to = target + channel;
                    for (var voxel = block; voxel < stop; voxel++)
                    {
                        to[(long)voxel * channels] = from[voxel];
                    }
                }
            }
        });
}
