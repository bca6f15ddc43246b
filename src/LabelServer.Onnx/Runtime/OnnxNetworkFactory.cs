using Google.Protobuf;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Export;
using LabelServer.Onnx.Models;
using LabelServer.Onnx.Schema;
using Microsoft.ML.OnnxRuntime;

namespace LabelServer.Onnx.Runtime;

/// <summary>Networks by ONNX Runtime: <c>.onnx</c> files, and networks that this program can write as ONNX, with the weights of a checkpoint.</summary>
/// <remarks>A model of ours never touches the disk on its way into the runtime, so an installation without libtorch runs a bundle with PyTorch weights all the same.</remarks>
public sealed class OnnxNetworkFactory : INetworkFactory
{
    private readonly Lazy<IReadOnlyList<OnnxDevice>> _devices = new(OnnxDevices.Find);
    private readonly OnnxSettings? _settings;

    /// <summary>Creates the factory; ONNX Runtime is loaded at the first use.</summary>
    public OnnxNetworkFactory()
        : this(null)
    {
    }

    /// <summary>Creates the factory for sessions with other settings than the usual ones.</summary>
    internal OnnxNetworkFactory(OnnxSettings? settings) => _settings = settings;

    /// <inheritdoc/>
    public bool Supports(ConfigValue.Component definition) => OnnxGraphs.Knows(definition);

    /// <inheritdoc/>
    public bool SupportsWhole(string file) => Path.GetExtension(file).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    /// <exception cref="CheckpointException">The file is no checkpoint, is damaged, or holds what is not read.</exception>
    public Task<INetwork> CreateAsync(ConfigValue.Component definition, string weightsFile, NetworkOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Task.Run(
            () =>
            {
                using var checkpoint = Checkpoint.Read(weightsFile, cancellation: cancellationToken);
                var model = OnnxGraphs.Build(definition, checkpoint, Path.GetFileName(weightsFile), new OnnxGraphOptions(), cancellationToken);
                return (INetwork)Open(model, weightsFile, options);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<INetwork> LoadWholeAsync(string file, NetworkOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Task.Run<INetwork>(async () => Open(await OnnxModelFile.ReadAsync(file, cancellationToken), file, options), cancellationToken);
    }

    private OnnxNetwork Open(ModelProto model, string file, NetworkOptions options)
    {
        var device = OnnxDevices.Resolve(options.Device, _devices.Value);
        var name = Path.GetFileName(file);
        var output = ScoresOf(model, options.Data, name);
        var isSpread = ExternalData.IsUsed(model);
        var head = isSpread ? null : HeadSplit.TryTake(model, output);
        var session = OnnxSessions.Open(isSpread ? null : model.ToByteArray(), file, device, _settings);
        try
        {
            var inputs = Inputs(session, name, options);
            var classes = ChannelsOf(options.Data?.Outputs, output) ?? FixedChannels(session, output, options.SpatialDims, inputs[0].ChannelsLast);
            return new OnnxNetwork(session, name, inputs, head is null ? output : model.Graph.Output[0].Name, device, head, classes, PrecisionOf(model));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    // The output that the metadata call pred, or the metadata's first if the model has it, or the model's first.
    private static string ScoresOf(ModelProto model, NetworkDataFormat? data, string name)
    {
        var outputs = model.Graph.Output.Select(o => o.Name).ToList();
        string[] wanted = ["pred", .. (data?.Outputs ?? []).Select(o => o.Name)];
        return wanted.FirstOrDefault(outputs.Contains) ?? outputs.FirstOrDefault(o => o.Length > 0) ?? throw new NetworkWeightsException($"'{name}' has an output without a name.");
    }

    // By the weights: a model may take and give float32 and compute in half precision all the same. On a processor ONNX Runtime widens the values for the sums.
    private static NetworkPrecision PrecisionOf(ModelProto model) =>
        ModelTensors.All(model).Any(t => t.Dims.Count > 1 && t.DataType == (int)TensorProto.Types.DataType.Float16) ? NetworkPrecision.Float16 : NetworkPrecision.Float32;

    // In the order of the metadata where their names are the model's; else in the model's own.
    private static List<OnnxPort> Inputs(InferenceSession session, string name, NetworkOptions options)
    {
        var declared = options.Data?.Inputs ?? [];
        var own = session.InputNames;
        if (own.Count == 0)
        {
            throw new NetworkUnsupportedException($"'{name}' has no input.");
        }

        var isNamed = own.All(n => declared.Any(d => d.Name == n));
        var order = isNamed ? declared.Select(d => d.Name).Where(own.Contains) : own;
        return [.. order.Select((input, index) => OnnxPort.Read(name, input, session.InputMetadata[input], options.SpatialDims, Channels(input, index)))];

        int? Channels(string input, int index) => isNamed ? ChannelsOf(declared, input) : declared.Count == own.Count ? declared[index].Channels : null;
    }

    private static int? ChannelsOf(IReadOnlyList<NetworkPort>? ports, string name) => (ports?.FirstOrDefault(p => p.Name == name) ?? (ports?.Count == 1 ? ports[0] : null))?.Channels;

    private static int? FixedChannels(InferenceSession session, string output, int spatialDims, bool channelsLast) =>
        session.OutputMetadata.TryGetValue(output, out var about) && about.IsTensor && about.Dimensions.Length == spatialDims + 2 && about.Dimensions[channelsLast ? ^1 : 1] is > 0 and var channels
            ? channels
            : null;
}
