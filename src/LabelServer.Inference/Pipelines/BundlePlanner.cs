using System.Text.Json;
using LabelServer.Bundles;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Pipelines;

/// <summary>Resolves a bundle's <c>inference</c> config for the parameters of a request.</summary>
/// <remarks>
/// <para>A parameter overrides what the bundle offers under <c>displayable_configs</c>, so everything that refers to it follows: <c>highres</c> chooses spacing and weights
/// together, which in MONAI Label only changes the spacing.</para>
/// <para>Reads the configs at every call, so that an edited bundle is seen without restart; they are small.</para>
/// </remarks>
internal sealed class BundlePlanner(Bundle bundle, TransformRegistry transforms, INetworkFactory networks)
{
    private const string Config = "inference";
    private const string Displayable = "displayable_configs";
    private static readonly string[] NetworkIds = ["network_def", "network", "net", "model"];

    /// <summary>The bundle.</summary>
    public Bundle Bundle { get; } = bundle;

    /// <summary>The plan for a request.</summary>
    /// <exception cref="BundleException">A config is missing or wrong.</exception>
    /// <exception cref="BundleUnsupportedException">A component is not supported.</exception>
    /// <exception cref="TransformConfigException">A chain cannot be built.</exception>
    /// <exception cref="InferenceParameterException">A parameter is out of range or not offered.</exception>
    public BundlePlan Plan(InferenceRequest request)
    {
        var document = Bundle.LoadConfig(Config);
        var overlapIsOffered = document.Contains($"{Displayable}#sw_overlap");
        var batchIsOffered = document.Contains($"{Displayable}#sw_batch_size");
        var resolver = Bundle.CreateResolver(document.With(Overrides(document, request)));

        var (before, after) = (Required(resolver, "preprocessing"), Required(resolver, "postprocessing"));
        var preprocessing = transforms.Build(Bundle.Name, before);
        var postprocessing = transforms.Build(Bundle.Name, after);
        var (weights, network) = FindNetwork(resolver, new WeightsLocator(Bundle).Find(resolver, request.ModelFilename), request.Runtime);
        var spatialDims = SpatialDims(network);
        var windows = InfererReader.Read(Bundle.Name, Required(resolver, "inferer"), spatialDims);
        windows = windows with
        {
            RoiSize = request.RoiSize ?? windows.RoiSize,
            Overlap = request.Overlap is { } overlap && !overlapIsOffered ? [overlap] : windows.Overlap,
            BatchSize = request.WindowBatchSize is { } batch && !batchIsOffered ? batch : windows.BatchSize,
        };
        var imageKey = resolver.TryResolve("image_key") is ConfigValue.Text key ? key.Value : "image";
        return new BundlePlan(imageKey, preprocessing, windows, PostprocessingPlan.Of(postprocessing), network, spatialDims, weights, ConfigText.Of(before), ConfigText.Of(after));
    }

    private static IEnumerable<KeyValuePair<string, ConfigValue>> Overrides(ConfigDocument document, InferenceRequest request)
    {
        if (request.Overlap is { } overlap && !(overlap >= 0 && overlap < 1))
        {
            throw new InferenceParameterException($"sw_overlap is {overlap}; it must be at least 0 and below 1.");
        }

        if (request.WindowBatchSize is < 1)
        {
            throw new InferenceParameterException($"sw_batch_size is {request.WindowBatchSize}; it must be at least 1.");
        }

        var values = new Dictionary<string, ConfigValue>(StringComparer.Ordinal);
        foreach (var (key, json) in request.Settings)
        {
            values[key] = Parse(key, json);
        }

        if (request.HighRes is { } highRes)
        {
            values["highres"] = new ConfigValue.Boolean(highRes);
        }

        if (request.Overlap is { } share)
        {
            values["sw_overlap"] = new ConfigValue.Real(share);
        }

        if (request.WindowBatchSize is { } size)
        {
            values["sw_batch_size"] = new ConfigValue.Integer(size);
        }

        // What the bundle does not offer is left alone: clients echo every setting of every model.
        return values.Select(v => KeyValuePair.Create($"{Displayable}#{v.Key}", v.Value)).Where(v => document.Contains(v.Key));
    }

    private static ConfigValue Parse(string key, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.True => new ConfigValue.Boolean(true),
                JsonValueKind.False => new ConfigValue.Boolean(false),
                JsonValueKind.Number when document.RootElement.TryGetInt64(out var integer) => new ConfigValue.Integer(integer),
                JsonValueKind.Number => new ConfigValue.Real(document.RootElement.GetDouble()),

                // A text that begins like an expression must stay a text: what a client sends is never evaluated.
                JsonValueKind.String when IsPlain(document.RootElement.GetString()!) => new ConfigValue.Text(document.RootElement.GetString()!),
                _ => throw new InferenceParameterException($"The setting '{key}' is {json}; it must be true, false, a number or plain text."),
            };
        }
        catch (JsonException exception)
        {
            throw new InferenceParameterException($"The setting '{key}' is {json}, which is no JSON value.", exception);
        }
    }

    private static bool IsPlain(string text) => text.AsSpan().TrimStart() is not ['$' or '@' or '%', ..];

    private ConfigValue Required(ConfigResolver resolver, string id) => resolver.TryResolve(id) switch
    {
        null => throw new BundleUnsupportedException($"The bundle '{Bundle.Name}' has no '{id}' in its {Config} config, so it cannot be run."),
        ConfigValue.Symbol symbol => throw new BundleUnsupportedException(
            $"The bundle '{Bundle.Name}' has '{id}' = {symbol.Name}, which is not evaluated{Reason(resolver, id)}"),
        var value => value,
    };

    private static string Reason(ConfigResolver resolver, string id) =>
        resolver.Unsupported.FirstOrDefault(u => u.Key == id) is { } unsupported ? $": {unsupported.Reason}" : ".";

    // A whole network's file does not say how many axes are spatial; the metadata do.
    private int SpatialDims(ConfigValue.Component? network) => network is not null
        ? network.Argument("spatial_dims") is ConfigValue.Integer { Value: 2 } ? 2 : 3
        : Bundle.Metadata.Inputs is [{ SpatialShape.Count: 2 }, ..] ? 2 : 3;

    // The same network as ONNX beside its checkpoint takes its place where the definition is not known here, and where ONNX Runtime is asked for, unless the weights were trained since.
    private (string Weights, ConfigValue.Component? Network) FindNetwork(ConfigResolver resolver, string weights, NetworkRuntime runtime)
    {
        var model = Path.ChangeExtension(weights, ".onnx");
        var isWanted = (runtime == NetworkRuntime.Onnx && File.GetLastWriteTimeUtc(model) >= File.GetLastWriteTimeUtc(weights)) || Definition(resolver) is not { } known || !networks.Supports(known);
        if (isWanted && !WeightsLocator.IsWhole(weights) && networks.SupportsWhole(model) && File.Exists(model))
        {
            return (model, null);
        }

        if (WeightsLocator.IsWhole(weights))
        {
            return networks.SupportsWhole(weights) ? (weights, null) : throw new BundleUnsupportedException(
                $"The bundle '{Bundle.Name}' brings its network as {Path.GetFileName(weights)}, and this installation has no runtime for {Path.GetExtension(weights)} files.");
        }

        var definition = Definition(resolver) ?? throw new BundleUnsupportedException(
            $"The bundle '{Bundle.Name}' defines no network under {string.Join(", ", NetworkIds)}, and its weights are no TorchScript or ONNX file.");
        return networks.Supports(definition) ? (weights, definition) : throw new BundleUnsupportedException(
            $"The bundle '{Bundle.Name}' has the network {definition.Target} ('{definition.Id}'), which is not supported. A TorchScript or ONNX file (models/model.ts, models/model.onnx) would run as a whole network.");
    }

    private static ConfigValue.Component? Definition(ConfigResolver resolver) => NetworkIds.Select(id => ComponentOf(resolver.TryResolve(id))).FirstOrDefault(c => c is not null);

    // '@network_def.to(@device)' is a call on the component.
    private static ConfigValue.Component? ComponentOf(ConfigValue? value) => value switch
    {
        ConfigValue.Component component => component,
        ConfigValue.Symbol { Receiver: { } receiver } => ComponentOf(receiver),
        _ => null,
    };
}
