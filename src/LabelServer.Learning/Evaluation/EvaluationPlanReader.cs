using LabelServer.Bundles;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Configuration;

namespace LabelServer.Learning.Evaluation;

/// <summary>Reads what a <c>SupervisedEvaluator</c> asks for: its loader, network, inferer, chains, metrics and handlers.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/engines/evaluator.py. A part that would change a result and is not supported is an error; one that only reports is a notice.</remarks>
internal sealed class EvaluationPlanReader(Bundle bundle, ConfigResolver config, TransformRegistry transforms)
{
    private readonly List<string> _notices = [];

    /// <summary>Reads the plan.</summary>
    /// <param name="evaluatorId">Where the evaluator stands.</param>
    /// <param name="weightsFile">The weights that the config loads; null when it loads none.</param>
    /// <exception cref="EvaluationException">A part is missing or of the wrong kind.</exception>
    /// <exception cref="ComponentException">A part is not supported.</exception>
    /// <exception cref="TransformConfigException">A chain cannot be built.</exception>
    public EvaluationPlan Read(string evaluatorId, string? weightsFile)
    {
        var evaluator = new ComponentArguments(config.Resolve(evaluatorId) as ConfigValue.Component ?? throw Missing(evaluatorId));
        evaluator.Ignore("device", "epoch_length", "non_blocking", "mode", "amp_kwargs", "decollate", "to_kwargs");
        foreach (var name in (ReadOnlySpan<string>)["prepare_batch", "iteration_update", "metric_cmp_fn", "event_names", "event_to_attr"])
        {
            if (evaluator.Get(name) is { } value)
            {
                throw evaluator.Wrong(name, value, "nothing");
            }
        }

        var loader = new ComponentArguments(Part(evaluator, "val_data_loader"));
        var dataset = new ComponentArguments(Part(loader, "dataset"));
        var (network, weights) = Network(evaluator, weightsFile);
        var dimensions = network?.Argument("spatial_dims") is ConfigValue.Integer { Value: 2 } ? 2 : 3;
        var post = evaluator.Get("postprocessing") is { } chain ? transforms.Build(bundle.Name, chain) : new Compose([]);
        var arranged = EvaluationChain.Of(post);
        return new EvaluationPlan
        {
            Bundle = bundle.Name,
            Network = network,
            Weights = weights,
            NetworkOptions = new NetworkOptions(evaluator.Boolean("amp", false) ? NetworkPrecision.Auto : NetworkPrecision.Float32, "auto", dimensions),
            Items = new EvaluationItems(bundle).Read(dataset),
            Preprocessing = transforms.Build(bundle.Name, dataset.Get("transform") ?? throw Missing(dataset.Component.Id + "#transform")),
            Windows = InfererReader.Read(bundle.Name, evaluator.Get("inferer") ?? new ConfigValue.Component("inferer", "SimpleInferer", []), dimensions),
            Postprocessing = arranged,
            Metrics = [.. Metrics(evaluator, "key_val_metric", arranged), .. Metrics(evaluator, "additional_metrics", arranged)],
            Report = Report(evaluator),
            Notices = _notices,
        };
    }

    // The definition and its weights; a network that is loaded as a whole file has no definition.
    private (ConfigValue.Component? Network, string Weights) Network(ComponentArguments evaluator, string? weightsFile)
    {
        var value = evaluator.Get("network") ?? throw Missing(evaluator.Component.Id + "#network");
        while (value is ConfigValue.Symbol { Receiver: { } receiver })
        {
            value = receiver;
        }

        return value switch
        {
            ConfigValue.Symbol { Name: "torch.jit.load", Arguments: [ConfigValue.Text file, ..] } => (null, Path.GetFullPath(file.Value, bundle.Folder)),
            ConfigValue.Component component when weightsFile is not null => (component, weightsFile),
            ConfigValue.Component => throw new EvaluationException(
                $"The bundle '{bundle.Name}' loads no weights for '{evaluator.Component.Id}', so there is nothing to run. Add a CheckpointLoader to its val_handlers or to 'initialize'."),
            _ => throw new EvaluationException($"The bundle '{bundle.Name}' has '{evaluator.Component.Id}#network', which describes no network."),
        };
    }

    private static IEnumerable<EvaluationMetric> Metrics(ComponentArguments evaluator, string name, EvaluationChain chain) => evaluator.Get(name) switch
    {
        null => [],
        ConfigValue.Map map => map.Items.Select(i => i is { Key: ConfigValue.Text key, Value: ConfigValue.Component metric }
            ? MetricFactory.Create(key.Value, metric, chain.Classes is not null)
            : throw evaluator.Wrong(name, map, "a dictionary of metrics")),
        var other => throw evaluator.Wrong(name, other, "a dictionary of metrics"),
    };

    private MetricsReport? Report(ComponentArguments evaluator)
    {
        MetricsReport? report = null;
        foreach (var value in (evaluator.Get("val_handlers") as ConfigValue.List)?.Items ?? [])
        {
            var handler = new ComponentArguments(value as ConfigValue.Component ?? throw evaluator.Wrong("val_handlers", value, "components"));
            switch (handler.TargetName)
            {
                case "MetricsSaver":
                    report = ReadSaver(handler);
                    break;
                case "CheckpointLoader" or "StatsHandler":
                    break;
                case "TensorBoardStatsHandler" or "TensorBoardImageHandler" or "MLFlowHandler" or "CheckpointSaver" or "ProbMapProducer":
                    _notices.Add($"{handler.Component.Id}: {handler.Component.Target} has no effect in an evaluation here.");
                    break;
                default:
                    throw handler.Unsupported("handler", ["CheckpointLoader", "MetricsSaver", "StatsHandler"]);
            }
        }

        return report;
    }

    private MetricsReport ReadSaver(ComponentArguments handler)
    {
        handler.Ignore("batch_transform", "save_rank");
        handler.Word("output_type", true, ("csv", true));
        var operations = handler.Texts("summary_ops") ?? [];
        var unknown = operations.FirstOrDefault(o => o != "*" && !MetricsReport.AllOperations.Contains(o) && !(o.EndsWith("percentile", StringComparison.Ordinal) && byte.TryParse(o[..^"percentile".Length], out var p) && p <= 100));
        if (unknown is not null)
        {
            throw handler.Wrong("summary_ops", new ConfigValue.Text(unknown), "* or some of " + string.Join(", ", MetricsReport.AllOperations));
        }

        var report = new MetricsReport(
            Path.GetFullPath(handler.Text("save_dir") ?? ".", bundle.Folder),
            handler.Component.Argument("metrics") is null ? ["*"] : handler.Texts("metrics") ?? [],
            handler.Texts("metric_details") ?? [],
            operations.Contains("*") ? MetricsReport.AllOperations : operations,
            handler.Text("delimiter") ?? ",");
        handler.Ignore("metrics");
        handler.RequireAllRead();
        return report;
    }

    private ConfigValue.Component Part(ComponentArguments owner, string name) => owner.Get(name) as ConfigValue.Component ?? throw Missing($"{owner.Component.Id}#{name}");

    private EvaluationException Missing(string id) => new($"The bundle '{bundle.Name}' has no '{id}' that describes a component, so it cannot be evaluated.");
}
