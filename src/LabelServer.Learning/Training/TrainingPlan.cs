using LabelServer.Bundles.Config;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Losses;

namespace LabelServer.Learning.Training;

/// <summary>What a bundle's train config asks for, ready to run. Immutable.</summary>
public sealed record TrainingPlan
{
    /// <summary>The bundle's name, for messages.</summary>
    public required string Bundle { get; init; }

    /// <summary>The network's definition.</summary>
    public required ConfigValue.Component Network { get; init; }

    /// <summary>The loss for complete labels.</summary>
    public required ISegmentationLoss Loss { get; init; }

    /// <summary>The optimiser's description.</summary>
    public required ConfigValue.Component Optimiser { get; init; }

    /// <summary>The learning rate schedule's description; null for a fixed rate.</summary>
    public ConfigValue.Component? Schedule { get; init; }

    /// <summary>The training transforms that draw nothing, from loading on.</summary>
    public required Compose Deterministic { get; init; }

    /// <summary>The training transforms from the first that draws on.</summary>
    public required Compose Random { get; init; }

    /// <summary>The validation transforms.</summary>
    public required Compose Validation { get; init; }

    /// <summary>The windows of validation.</summary>
    public required SlidingWindowOptions Windows { get; init; }

    /// <summary>The bundle's names, channel → name, without background.</summary>
    public required IReadOnlyDictionary<int, string> Labels { get; init; }

    /// <summary>The numbers.</summary>
    public required TrainerSettings Settings { get; init; }

    /// <summary>The file under <c>models/</c> that the bundle's config saves the best weights to, such as <c>model.pt</c>.</summary>
    public string WeightsFile { get; init; } = "model.pt";
}
