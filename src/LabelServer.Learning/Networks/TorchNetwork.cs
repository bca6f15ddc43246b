using System.Runtime.InteropServices;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A TorchSharp module or a TorchScript file as a network for inference. Channels-last, in evaluation mode, without gradients.</summary>
/// <remarks>
/// <para>Layout: channels-last is the faster one for libtorch's 3-D convolutions in both precisions, and is what blending reads.</para>
/// <para>Memory: the input tensor is kept from run to run; everything else a run makes is released in it, the output by its holder.</para>
/// </remarks>
public sealed class TorchNetwork : IDropoutNetwork
{
    private readonly nn.Module _module;
    private readonly Func<Tensor, Action<Tensor>, CancellationToken, Tensor> _forward;
    private readonly string _name;
    private readonly Device _device;
    private readonly ISizedNetwork? _sized;
    private Tensor? _input;
    private bool _disposed;

    private TorchNetwork(nn.Module module, Func<Tensor, Action<Tensor>, CancellationToken, Tensor> forward, string name, Device device, NetworkPrecision precision)
    {
        _module = module;
        _forward = forward;
        _name = name;
        _device = device;
        _sized = module as ISizedNetwork;
        Precision = precision;
    }

    /// <inheritdoc/>
    public int? InputChannels { get; private init; }

    /// <inheritdoc/>
    public int? OutputChannels { get; private init; }

    /// <inheritdoc/>
    public NetworkPrecision Precision { get; }

    /// <inheritdoc/>
    public string Device => TorchDevices.NameOf(_device);

    /// <inheritdoc/>
    public LinearHead? Head { get; private init; }

    /// <summary>Takes over a module with its weights filled in, and converts it to the precision, device and layout.</summary>
    /// <param name="module">The module; disposed with this network.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="options">Precision and device.</param>
    /// <param name="inputChannels">Channels of the image, if known.</param>
    /// <param name="outputChannels">Classes, if known.</param>
    /// <exception cref="NetworkException">The device is not there.</exception>
    public static TorchNetwork FromModule(nn.Module<Tensor, Tensor> module, string name, NetworkOptions options, int? inputChannels, int? outputChannels)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(options);
        var device = TorchDevices.Resolve(options.Device);
        var precision = TorchPrecision.Resolve(options.Precision, device);
        var feature = module as IFeatureNetwork;
        var head = feature?.Head is { } layer ? ReadHead(layer) : null;
        module.eval();
        module.to(TorchPrecision.TypeOf(precision));
        module.to(device);
        TorchLayout.ConvertWeights(module);
        return new TorchNetwork(module, head is null ? (input, _, _) => module.call(input) : feature!.Features, name, device, precision)
        {
            InputChannels = inputChannels,
            OutputChannels = outputChannels,
            Head = head,
        };
    }

    /// <summary>Loads a TorchScript file whose forward takes one tensor and gives one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">Precision and device; <see cref="NetworkPrecision.Auto"/> is float32 here, since a script may have its number types written into it.</param>
    /// <exception cref="NetworkException">The file is no TorchScript, or the device is not there.</exception>
    public static TorchNetwork FromScript(string file, NetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var device = TorchDevices.Resolve(options.Device);
        var precision = options.Precision == NetworkPrecision.BFloat16 ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32;
        var name = Path.GetFileName(file);
        jit.ScriptModule<Tensor, Tensor> module;
        try
        {
            module = jit.load<Tensor, Tensor>(file, device);
        }
        catch (Exception exception) when (exception is ExternalException or FileNotFoundException)
        {
            throw new NetworkException($"'{name}' cannot be loaded as TorchScript: {NativeMessage.Of(exception)}", exception);
        }

        module.eval();
        if (precision == NetworkPrecision.BFloat16)
        {
            module.to(ScalarType.BFloat16);
        }

        return new TorchNetwork(module, (input, _, _) => module.call(input), name, device, precision);
    }

    /// <inheritdoc/>
    public NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        for (var axis = 0; axis < shape.SpatialDims; axis++)
        {
            if (_sized?.MultipleAlong(axis) is { } multiple && shape.Size[axis] % multiple != 0)
            {
                throw new NetworkException($"{_name} takes windows whose sizes are multiples of {Multiples(shape.SpatialDims)}, not {shape.Size}; choose another roi_size.");
            }
        }

        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        try
        {
            float[] encodings = [];
            var output = _forward(Fill(windows, shape), encoded => encodings = Pool(encoded), cancellationToken);
            return Wrap(output, shape, encodings);
        }
        catch (Exception exception) when (exception is ExternalException or ArgumentException)
        {
            throw new NetworkException($"{_name} failed on a batch {shape}: {NativeMessage.Of(exception)}", exception);
        }
        catch (InvalidCastException exception)
        {
            throw new NetworkException($"{_name} does not give one tensor; networks with several outputs are not supported.", exception);
        }
    }

    /// <inheritdoc/>
    public bool UseDropout(double? probability, long seed) => DropoutSwitch.Set(_module, probability, seed);

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _input?.Dispose();
        _module.Dispose();
    }

    private string Multiples(int axes)
    {
        var multiples = Enumerable.Range(0, axes).Select(axis => _sized!.MultipleAlong(axis)).ToList();
        return string.Join(" × ", multiples.Distinct().Count() == 1 ? multiples[..1] : multiples);
    }

    private static LinearHead ReadHead(ConvolutionLayer layer)
    {
        using var weight = layer.Weight.detach().to(ScalarType.Float32).cpu().contiguous();
        using var bias = layer.Bias!.detach().to(ScalarType.Float32).cpu();
        return new LinearHead(weight.data<float>().ToArray(), bias.data<float>().ToArray());
    }

    // Windows come with the channel slowest.
    private Tensor Fill(ReadOnlySpan<float> windows, WindowBatchShape shape)
    {
        long[] spatial = shape.SpatialDims == 2 ? [shape.Size.I, shape.Size.J] : [shape.Size.I, shape.Size.J, shape.Size.K];
        long[] wanted = [shape.Count, shape.Channels, .. spatial];
        if (_input is null || !_input.shape.SequenceEqual(wanted))
        {
            _input?.Dispose();
            _input = empty(wanted, ScalarType.Float32).DetachFromDisposeScope();
        }

        MemoryMarshal.AsBytes(windows).CopyTo(_input.bytes);
        return TorchLayout.ImageLast(_input).to(TorchPrecision.TypeOf(Precision)).to(_device);
    }

    // [N, features, …] to the mean of each feature, row-major [N, features].
    private static float[] Pool(Tensor encoded)
    {
        using var scope = NewDisposeScope();
        return encoded.flatten(2).mean([2], type: ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }

    private TorchNetworkOutput Wrap(Tensor output, WindowBatchShape shape, float[] encodings)
    {
        if (output.dim() != shape.SpatialDims + 2)
        {
            throw new NetworkException($"{_name} gives a tensor [{string.Join(", ", output.shape)}] for a batch {shape}; one score for each voxel is needed.");
        }

        var type = output.dtype == ScalarType.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var dense = TorchLayout.ToLast(output).to(type).cpu().contiguous();
        var size = new GridSize((int)output.shape[2], (int)output.shape[3], shape.SpatialDims == 2 ? 1 : (int)output.shape[4]);
        return new TorchNetworkOutput(dense.DetachFromDisposeScope(), (int)output.shape[1], size, encodings);
    }
}
