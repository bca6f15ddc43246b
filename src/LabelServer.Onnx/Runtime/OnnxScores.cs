using System.Runtime.InteropServices;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace LabelServer.Onnx.Runtime;

/// <summary>Reads a model's output as scores [X, Y, Z, C] of each window, whichever of its axes is the channel.</summary>
/// <param name="model">The model's file name, for messages.</param>
/// <param name="output">The output's name, for messages.</param>
/// <param name="channelsLast">Whether the channel is the last axis where the sizes allow both.</param>
internal sealed class OnnxScores(string model, string output, bool channelsLast)
{
    /// <summary>Copies the scores of the first windows of a batch; gives the number of channels.</summary>
    /// <param name="value">What the runtime gave.</param>
    /// <param name="shape">The windows that it was given.</param>
    /// <param name="count">How many of them count.</param>
    /// <param name="batch">How many the runtime was given.</param>
    /// <param name="buffers">Gets one buffer for each window; whoever owns the list frees them, also after an error.</param>
    /// <exception cref="NetworkUnsupportedException">The output holds no numbers of floating point, or not one score for each voxel and class.</exception>
    public unsafe int Read(OrtValue value, WindowBatchShape shape, int count, int batch, List<NativeBuffer<float>> buffers)
    {
        var about = value.GetTensorTypeAndShape();
        var sizes = about.Shape;
        var isHalf = about.ElementDataType == TensorElementType.Float16;
        if (!isHalf && about.ElementDataType != TensorElementType.Float)
        {
            throw new NetworkUnsupportedException($"'{model}' gives {about.ElementDataType} at its output '{output}'; scores are float32 or float16. Models that end in an arg-max are not supported: take its last step off.");
        }

        var last = IsChannelsLast(sizes, shape, batch);
        var channels = checked((int)(last ? sizes[^1] : sizes[1]));
        var voxels = checked((int)shape.Size.VoxelCount);
        if ((long)channels * voxels > int.MaxValue)
        {
            throw new NetworkUnsupportedException($"'{model}' gives {channels} scores for each of {voxels} voxels, more than one window may have. Take a SlidingWindowInferer with a smaller roi_size.");
        }

        fixed (byte* start = isHalf ? MemoryMarshal.AsBytes(value.GetTensorDataAsSpan<Float16>()) : MemoryMarshal.AsBytes(value.GetTensorDataAsSpan<float>()))
        {
            for (var item = 0; item < count; item++)
            {
                buffers.Add(new NativeBuffer<float>(checked(channels * voxels), clear: false));
                WindowLayout.Read(start + ((long)item * channels * voxels * (isHalf ? 2 : sizeof(float))), buffers[^1].Pointer, channels, voxels, last, isHalf);
            }
        }

        return channels;
    }

    private bool IsChannelsLast(long[] sizes, WindowBatchShape shape, int batch)
    {
        var first = Fits(sizes, shape, 2);
        var last = Fits(sizes, shape, 1);
        if (sizes.Length != shape.SpatialDims + 2 || sizes[0] != batch || (!first && !last))
        {
            throw new NetworkUnsupportedException($"'{model}' gives a tensor [{string.Join(", ", sizes)}] at its output '{output}' for a batch {shape}; one score for each voxel is needed.");
        }

        return last && (!first || channelsLast);
    }

    private static bool Fits(long[] sizes, WindowBatchShape shape, int from)
    {
        for (var axis = 0; axis < shape.SpatialDims; axis++)
        {
            if (from + axis >= sizes.Length || sizes[from + axis] != shape.Size[axis])
            {
                return false;
            }
        }

        return true;
    }
}
