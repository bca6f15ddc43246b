using System.Runtime.InteropServices;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace LabelServer.Onnx.Runtime;

/// <summary>An ONNX model as a network for inference.</summary>
/// <remarks>
/// <para>Inputs: one, or several that share the image's channels in the order of the bundle's metadata. The channel is the second axis or the last, values are float32 or float16, sizes fixed or free.
/// A model with a fixed batch gets the windows in groups of that size.</para>
/// <para>Cancellation is looked at by ONNX Runtime between the layers of a window.</para>
/// </remarks>
internal sealed class OnnxNetwork : INetwork
{
    private readonly InferenceSession _session;
    private readonly string _name;
    private readonly IReadOnlyList<OnnxPort> _inputs;
    private readonly string _output;
    private readonly OnnxDevice _device;
    private bool _disposed;

    /// <summary>Takes over a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="name">The model's file name, for messages.</param>
    /// <param name="inputs">Its inputs in the order in which they take the image's channels.</param>
    /// <param name="output">The output that holds the scores, or the features before <paramref name="head"/>.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="head">The step that was left out of the model.</param>
    /// <param name="outputChannels">Classes by the metadata.</param>
    public OnnxNetwork(InferenceSession session, string name, IReadOnlyList<OnnxPort> inputs, string output, OnnxDevice device, LinearHead? head, int? outputChannels)
    {
        (_session, _name, _inputs, _output, _device, Head) = (session, name, inputs, output, device, head);
        InputChannels = inputs.All(i => i.Channels is not null) ? inputs.Sum(i => i.Channels) : null;
        OutputChannels = head?.Outputs ?? outputChannels;
        Precision = session.OutputMetadata[output].ElementDataType == TensorElementType.Float16 ? NetworkPrecision.Float16 : NetworkPrecision.Float32;
    }

    /// <inheritdoc/>
    public int? InputChannels { get; }

    /// <inheritdoc/>
    public int? OutputChannels { get; }

    /// <inheritdoc/>
    public NetworkPrecision Precision { get; }

    /// <inheritdoc/>
    public string Device => _device.Id;

    /// <inheritdoc/>
    public LinearHead? Head { get; }

    /// <inheritdoc/>
    public NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        RequireFit(shape);
        var batch = _inputs.Select(i => i.Batch).FirstOrDefault(b => b is not null) ?? shape.Count;
        var buffers = new List<NativeBuffer<float>>(shape.Count);
        var channels = 0;
        try
        {
            for (var first = 0; first < shape.Count; first += batch)
            {
                channels = RunGroup(windows, shape, first, batch, buffers, cancellationToken);
            }

            return new OnnxNetworkOutput([.. buffers], channels, shape.Size);
        }
        catch
        {
            foreach (var buffer in buffers)
            {
                ((IDisposable)buffer).Dispose();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _session.Dispose();
    }

    private void RequireFit(WindowBatchShape shape)
    {
        if (InputChannels is { } channels && channels != shape.Channels)
        {
            throw new NetworkException($"'{_name}' takes {channels} channel(s), the windows have {shape.Channels}.");
        }

        if (InputChannels is null && _inputs.Count > 1)
        {
            throw new NetworkException($"'{_name}' has {_inputs.Count} inputs, and neither the model nor the bundle's metadata say how many channels each takes. Write num_channels for each input in metadata.json.");
        }

        foreach (var input in _inputs)
        {
            for (var axis = 0; axis < shape.SpatialDims; axis++)
            {
                if (input.Spatial(axis) is { } size && size != shape.Size[axis])
                {
                    throw new NetworkException($"'{_name}' takes windows of {OnnxPort.Text(input.Shape)} at its input '{input.Name}', not {shape}. Set the inferer's roi_size to the size of the model.");
                }
            }
        }
    }

    // One call of the runtime. A group that the last windows do not fill is filled up with zeros, whose result is dropped.
    private unsafe int RunGroup(ReadOnlySpan<float> windows, WindowBatchShape shape, int first, int batch, List<NativeBuffer<float>> buffers, CancellationToken cancellationToken)
    {
        var count = Math.Min(batch, shape.Count - first);
        var inputs = new List<OrtValue>(_inputs.Count);
        var memory = new List<NativeBuffer<byte>>(_inputs.Count);
        try
        {
            var channel = 0;
            foreach (var input in _inputs)
            {
                var channels = input.Channels ?? shape.Channels;
                memory.Add(Fill(windows, shape, input, channel, channels, first, count, batch));
                var type = input.IsHalf ? TensorElementType.Float16 : TensorElementType.Float;
                inputs.Add(OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, ShapeOf(shape, batch, channels, input.ChannelsLast), (nint)memory[^1].Pointer, memory[^1].GetSpan().Length));
                channel += channels;
            }

            using var results = Compute(inputs, shape, cancellationToken);
            return Read(results[0], shape, count, batch, buffers);
        }
        finally
        {
            inputs.ForEach(i => i.Dispose());
            memory.ForEach(m => ((IDisposable)m).Dispose());
        }
    }

    private IDisposableReadOnlyCollection<OrtValue> Compute(List<OrtValue> inputs, WindowBatchShape shape, CancellationToken cancellationToken)
    {
        using var run = new RunOptions();
        using var registration = cancellationToken.Register(() => run.Terminate = true);
        try
        {
            return _session.Run(run, [.. _inputs.Select(i => i.Name)], inputs, [_output]);
        }
        catch (OnnxRuntimeException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new NetworkException($"'{_name}' failed on a batch {shape}: {OnnxSessions.Words(exception)}", exception);
        }
    }

    private static unsafe NativeBuffer<byte> Fill(ReadOnlySpan<float> windows, WindowBatchShape shape, OnnxPort input, int channel, int channels, int first, int count, int batch)
    {
        var voxels = checked((int)shape.Size.VoxelCount);
        var bytes = checked(voxels * channels * (input.IsHalf ? 2 : sizeof(float)));
        var memory = new NativeBuffer<byte>(checked(bytes * batch), clear: count < batch);
        for (var item = 0; item < count; item++)
        {
            var from = ((first + item) * shape.Channels) + channel;
            WindowLayout.Fill(windows.Slice(checked(from * voxels), channels * voxels), memory.Pointer + ((long)item * bytes), channels, input.ChannelsLast, input.IsHalf);
        }

        return memory;
    }

    private unsafe int Read(OrtValue value, WindowBatchShape shape, int count, int batch, List<NativeBuffer<float>> buffers)
    {
        var about = value.GetTensorTypeAndShape();
        var sizes = about.Shape;
        var isHalf = about.ElementDataType == TensorElementType.Float16;
        if (!isHalf && about.ElementDataType != TensorElementType.Float)
        {
            throw new NetworkUnsupportedException($"'{_name}' gives {about.ElementDataType} at its output '{_output}'; scores are float32 or float16. Models that end in an arg-max are not supported: take its last step off.");
        }

        var last = IsChannelsLast(sizes, shape, batch);
        var channels = checked((int)(last ? sizes[^1] : sizes[1]));
        var voxels = checked((int)shape.Size.VoxelCount);
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
            throw new NetworkException($"'{_name}' gives a tensor [{string.Join(", ", sizes)}] at its output '{_output}' for a batch {shape}; one score for each voxel is needed.");
        }

        return last && (!first || _inputs[0].ChannelsLast);
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

    private static long[] ShapeOf(WindowBatchShape shape, int batch, int channels, bool channelsLast)
    {
        long[] spatial = shape.SpatialDims == 2 ? [shape.Size.I, shape.Size.J] : [shape.Size.I, shape.Size.J, shape.Size.K];
        return channelsLast ? [batch, .. spatial, channels] : [batch, channels, .. spatial];
    }
}
