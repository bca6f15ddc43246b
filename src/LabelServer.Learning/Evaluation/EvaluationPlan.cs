using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Evaluation;

/// <summary>What an evaluator of a bundle's config asks for, ready to run.</summary>
internal sealed record EvaluationPlan
{
    /// <summary>The bundle's name, for messages.</summary>
    public required string Bundle { get; init; }

    /// <summary>The network's definition; null when <see cref="Weights"/> is a whole network.</summary>
    public required ConfigValue.Component? Network { get; init; }

    /// <summary>The full path of the weights.</summary>
    public required string Weights { get; init; }

    /// <summary>Precision and device.</summary>
    public required NetworkOptions NetworkOptions { get; init; }

    /// <summary>The images.</summary>
    public required IReadOnlyList<EvaluationItem> Items { get; init; }

    /// <summary>From the files to what the network sees.</summary>
    public required Compose Preprocessing { get; init; }

    /// <summary>Windows and blending.</summary>
    public required SlidingWindowOptions Windows { get; init; }

    /// <summary>From the scores to what is measured and saved.</summary>
    public required EvaluationChain Postprocessing { get; init; }

    /// <summary>What is measured.</summary>
    public required IReadOnlyList<EvaluationMetric> Metrics { get; init; }

    /// <summary>The reports that are written; null for none.</summary>
    public required MetricsReport? Report { get; init; }

    /// <summary>Parts of the config that have no effect here.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}
