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
    // One block of memory has at most 2³¹ bytes.
    private const long MostSamples = int.MaxValue / sizeof(float);

    private readonly InferenceSession _session;
    private readonly string _name;
    private readonly IReadOnlyList<OnnxPort> _inputs;
    private readonly string _output;
    private readonly OnnxDevice _device;
    private readonly OnnxScores _scores;
    private bool _disposed;

    /// <summary>Takes over a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="name">The model's file name, for messages.</param>
    /// <param name="inputs">Its inputs in the order in which they take the image's channels.</param>
    /// <param name="output">The output that holds the scores, or the features before <paramref name="head"/>.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="head">The step that was left out of the model.</param>
    /// <param name="outputChannels">Classes by the metadata.</param>
    /// <param name="precision">What the model computes in.</param>
    public OnnxNetwork(
        InferenceSession session, string name, IReadOnlyList<OnnxPort> inputs, string output, OnnxDevice device, LinearHead? head, int? outputChannels, NetworkPrecision precision)
    {
        (_session, _name, _inputs, _output, _device, Head, Precision) = (session, name, inputs, output, device, head, precision);

        // What comes before a convolution has its channel as the second axis, wherever the model's input has it.
        _scores = new OnnxScores(name, output, channelsLast: head is null && inputs[0].ChannelsLast);
        InputChannels = inputs.All(i => i.Channels is not null) ? inputs.Sum(i => i.Channels) : null;
        OutputChannels = head?.Outputs ?? outputChannels;
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
        var batch = _inputs.Select(i => i.Batch).FirstOrDefault(b => b is not null) ?? shape.Count;
        RequireFit(shape, batch);
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

    private void RequireFit(WindowBatchShape shape, int batch)
    {
        if (InputChannels is { } channels && channels != shape.Channels)
        {
            throw new NetworkUnsupportedException($"'{_name}' takes {channels} channel(s), the windows have {shape.Channels}.");
        }

        if (InputChannels is null && _inputs.Count > 1)
        {
            throw new NetworkUnsupportedException($"'{_name}' has {_inputs.Count} inputs, and neither the model nor the bundle's metadata say how many channels each takes. Write num_channels for each input in metadata.json.");
        }

        if (shape.Size.VoxelCount * shape.Channels * batch > MostSamples)
        {
            throw new NetworkUnsupportedException($"'{_name}' would get {batch} window(s) {shape} at once, which is more than 2 GiB. Take a SlidingWindowInferer, or a smaller sw_batch_size or batch.");
        }

        foreach (var input in _inputs)
        {
            input.RequireFit(_name, shape);
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
                memory.Add(input.Fill(windows, shape, channel, channels, first, count, batch));
                var type = input.IsHalf ? TensorElementType.Float16 : TensorElementType.Float;
                inputs.Add(OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, input.ShapeOf(shape, batch, channels), (nint)memory[^1].Pointer, memory[^1].GetSpan().Length));
                channel += channels;
            }

            using var results = Compute(inputs, shape, cancellationToken);
            return _scores.Read(results[0], shape, count, batch, buffers);
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
}
