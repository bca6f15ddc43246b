using LabelServer.Bundles.Config;
using LabelServer.Learning.Configuration;
using LabelServer.Learning.Metrics;

namespace LabelServer.Learning.Evaluation;

/// <summary>Makes the metrics that an evaluator's <c>key_val_metric</c> and <c>additional_metrics</c> describe.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/handlers/{mean_dice,mean_iou,hausdorff_distance,surface_distance}.py. Distances are in voxels, as there.</remarks>
internal static class MetricFactory
{
    private static readonly string[] Known = ["MeanDice", "MeanIoUHandler", "HausdorffDistance", "SurfaceDistance", "ignite.metrics.Accuracy"];

    /// <summary>Makes a metric.</summary>
    /// <param name="name">Its name in the config.</param>
    /// <param name="component">Its description.</param>
    /// <param name="areLabels">Whether prediction and label are label maps; distances need that.</param>
    /// <exception cref="ComponentException">It or one of its arguments is not supported.</exception>
    public static EvaluationMetric Create(string name, ConfigValue.Component component, bool areLabels)
    {
        var arguments = new ComponentArguments(component);
        RequireUsualOutput(arguments);
        arguments.Ignore("save_details", "device", "num_classes", "get_not_nans");
        EvaluationMetric metric = arguments.TargetName switch
        {
            "MeanDice" => Overlap(name, arguments, DiceScore.PerClass),
            "MeanIoUHandler" or "MeanIoU" => Overlap(name, arguments, OverlapScores.IntersectionOverUnion),
            "Accuracy" => new AccuracyMetric(name),
            "HausdorffDistance" when areLabels => Hausdorff(name, arguments),
            "SurfaceDistance" when areLabels => Surface(name, arguments),
            _ => throw arguments.Unsupported("metric", Known),
        };
        arguments.RequireAllRead();
        return metric;
    }

    private static ClassMetric Overlap(string name, ComponentArguments arguments, Func<LabelOverlap, bool, bool, double[]> score)
    {
        RequireMean(arguments);
        var background = arguments.Boolean("include_background", true);
        var ignoreEmpty = arguments.Boolean("ignore_empty", true);
        return new ClassMetric(name, (image, _) => score(image.Overlap, background, ignoreEmpty));
    }

    private static ClassMetric Hausdorff(string name, ComponentArguments arguments)
    {
        RequireMean(arguments);
        RequireEuclidean(arguments);
        var percentile = arguments.Number("percentile");
        var directed = arguments.Boolean("directed", false);
        return Distances(name, arguments, d => d.Hausdorff(percentile, directed));
    }

    private static ClassMetric Surface(string name, ComponentArguments arguments)
    {
        RequireMean(arguments);
        RequireEuclidean(arguments);
        var symmetric = arguments.Boolean("symmetric", false);
        return Distances(name, arguments, d => d.Average(symmetric));
    }

    private static ClassMetric Distances(string name, ComponentArguments arguments, Func<SurfaceDistances, double> score)
    {
        var first = arguments.Boolean("include_background", false) ? 0 : 1;
        return new ClassMetric(name, (image, parallel) =>
        [
            .. Enumerable.Range(first, image.Overlap.Classes - first).Select(c => score(SurfaceDistances.Measure(image.Prediction, image.Target, c, (1, 1, 1), parallel))),
        ]);
    }

    private static void RequireMean(ComponentArguments arguments) => arguments.Word("reduction", true, ("mean", true));

    private static void RequireEuclidean(ComponentArguments arguments) => arguments.Word("distance_metric", true, ("euclidean", true));

    // monai.handlers.from_engine(['pred', 'label'])
    private static void RequireUsualOutput(ComponentArguments arguments)
    {
        if (arguments.Get("output_transform") is { } transform && transform is not ConfigValue.Symbol
            {
                Arguments: [ConfigValue.List { Items: [ConfigValue.Text { Value: EvaluationChain.Prediction }, ConfigValue.Text { Value: EvaluationChain.Label }] }],
            })
        {
            throw arguments.Wrong("output_transform", transform, "from_engine(['pred', 'label'])");
        }
    }
}
