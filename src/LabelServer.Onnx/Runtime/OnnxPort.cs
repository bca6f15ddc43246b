using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace LabelServer.Onnx.Runtime;

/// <summary>One input of a model: how windows are laid into it.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Shape">The size of each axis, 0 or less where it is free.</param>
/// <param name="Channels">Channels that it takes, or null when neither the model nor the metadata say.</param>
/// <param name="ChannelsLast">Whether the channel is the last axis instead of the second.</param>
/// <param name="IsHalf">Whether its values are float16 instead of float32.</param>
internal sealed record OnnxPort(string Name, IReadOnlyList<int> Shape, int? Channels, bool ChannelsLast, bool IsHalf)
{
    /// <summary>The batch that it takes, or null when any.</summary>
    public int? Batch => Shape[0] > 0 ? Shape[0] : null;

    /// <summary>The size that a spatial axis must have, or null when any.</summary>
    public int? Spatial(int axis) => Shape[axis + (ChannelsLast ? 1 : 2)] is > 0 and var size ? size : null;

    /// <summary>Reads the description of an input.</summary>
    /// <param name="model">The model's file name, for messages.</param>
    /// <param name="name">The input's name.</param>
    /// <param name="about">What ONNX Runtime says of it.</param>
    /// <param name="spatialDims">2 or 3.</param>
    /// <param name="declared">Its channels by the bundle's metadata, or null.</param>
    /// <exception cref="NetworkUnsupportedException">It is no image of that many axes, or contradicts the metadata.</exception>
    public static OnnxPort Read(string model, string name, NodeMetadata about, int spatialDims, int? declared)
    {
        if (!about.IsTensor || about.ElementDataType is not (TensorElementType.Float or TensorElementType.Float16))
        {
            throw new NetworkUnsupportedException($"'{model}': the input '{name}' is no tensor of float32 or float16, but {(about.IsTensor ? about.ElementDataType.ToString() : about.OnnxValueType.ToString())}.");
        }

        var shape = about.Dimensions;
        if (shape.Length != spatialDims + 2)
        {
            throw new NetworkUnsupportedException(
                $"'{model}': the input '{name}' has {shape.Length} axes {Text(shape)}; a {spatialDims}-D network of images has {spatialDims + 2}: batch, channel and {spatialDims} in space.");
        }

        var last = IsChannelsLast(shape, declared);
        var fixedChannels = shape[last ? ^1 : 1];
        if (declared is { } channels && fixedChannels > 0 && fixedChannels != channels)
        {
            throw new NetworkUnsupportedException($"'{model}': the input '{name}' is {Text(shape)}, which has no axis of the {channels} channel(s) that the bundle's metadata name.");
        }

        return new OnnxPort(name, shape, fixedChannels > 0 ? fixedChannels : declared, last, about.ElementDataType == TensorElementType.Float16);
    }

    /// <summary>Requires that windows have the sizes that the model fixes.</summary>
    /// <param name="model">The model's file name, for messages.</param>
    /// <param name="windows">The windows.</param>
    /// <exception cref="NetworkUnsupportedException">They have not.</exception>
    public void RequireFit(string model, WindowBatchShape windows)
    {
        for (var axis = 0; axis < windows.SpatialDims; axis++)
        {
            if (Spatial(axis) is { } size && size != windows.Size[axis])
            {
                throw new NetworkUnsupportedException($"'{model}' takes windows of {Text(Shape)} at its input '{Name}', not {windows}. Set the inferer's roi_size to the size of the model.");
            }
        }
    }

    /// <summary>Lays windows into memory as this input takes them; windows beyond those that are there are zeros.</summary>
    /// <param name="windows">Samples [N, C, X, Y, Z] of all windows.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="channel">The first channel that this input takes.</param>
    /// <param name="channels">How many it takes.</param>
    /// <param name="first">The first window.</param>
    /// <param name="count">How many windows.</param>
    /// <param name="batch">How many the model takes.</param>
    /// <returns>The memory; whoever asked frees it.</returns>
    public unsafe NativeBuffer<byte> Fill(ReadOnlySpan<float> windows, WindowBatchShape shape, int channel, int channels, int first, int count, int batch)
    {
        var voxels = checked((int)shape.Size.VoxelCount);
        var bytes = checked(voxels * channels * (IsHalf ? 2 : sizeof(float)));
        var memory = new NativeBuffer<byte>(checked(bytes * batch), clear: count < batch);
        for (var item = 0; item < count; item++)
        {
            var from = ((first + item) * shape.Channels) + channel;
            WindowLayout.Fill(windows.Slice(checked(from * voxels), channels * voxels), memory.Pointer + ((long)item * bytes), channels, ChannelsLast, IsHalf);
        }

        return memory;
    }

    /// <summary>The shape of the tensor that this input gets.</summary>
    public long[] ShapeOf(WindowBatchShape shape, int batch, int channels)
    {
        long[] spatial = shape.SpatialDims == 2 ? [shape.Size.I, shape.Size.J] : [shape.Size.I, shape.Size.J, shape.Size.K];
        return ChannelsLast ? [batch, .. spatial, channels] : [batch, channels, .. spatial];
    }

    /// <summary>"[?, 1, 64, 64, 64]", for messages.</summary>
    public static string Text(IEnumerable<int> shape) => $"[{string.Join(", ", shape.Select(d => d > 0 ? d.ToString(System.Globalization.CultureInfo.InvariantCulture) : "?"))}]";

    // By the number of channels where it is known; else the last axis only where the second is plainly one of the image's: free or larger, and like the axis before the last.
    private static bool IsChannelsLast(int[] shape, int? channels)
    {
        var (second, last) = (shape[1], shape[^1]);
        return channels is { } count ? last == count && second != count : last > 0 && (second <= 0 || last < second) && second == shape[^2];
    }
}
