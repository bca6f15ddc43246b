using LabelServer.Bundles.Config;
using LabelServer.Learning.Configuration;

namespace LabelServer.Learning.Losses;

/// <summary>Makes the loss that a bundle's config describes, with MONAI's argument names and defaults.</summary>
public static class LossFactory
{
    private static readonly Dictionary<string, Func<ComponentArguments, ISegmentationLoss>> Makers = new(StringComparer.Ordinal)
    {
        ["DiceLoss"] = a => new DiceLoss(Dice(a)),
        ["DiceCELoss"] = DiceCrossEntropy,
        ["DiceFocalLoss"] = DiceFocal,
        ["FocalLoss"] = a => new FocalLoss(Focal(a)),
        ["TverskyLoss"] = a => new TverskyLoss(Overlap(a, new TverskyOptions { Alpha = a.Number("alpha", 0.5), Beta = a.Number("beta", 0.5) })),
        ["GeneralizedDiceLoss"] = a => new GeneralizedDiceLoss(GeneralizedDice(a)),
        ["GeneralizedDiceFocalLoss"] = GeneralizedDiceFocal,
        ["DeepSupervisionLoss"] = DeepSupervision,
        ["CrossEntropyLoss"] = a => new CrossEntropy(new() { Weights = a.Numbers("weight"), LabelSmoothing = a.Number("label_smoothing", 0), Reduction = Reduction(a) }),
        ["BCEWithLogitsLoss"] = a => new CrossEntropy(new() { Weights = a.Numbers("pos_weight"), Reduction = Reduction(a) }),
    };

    /// <summary>The supported targets.</summary>
    public static IReadOnlyCollection<string> Targets => Makers.Keys;

    /// <summary>Makes a loss.</summary>
    /// <exception cref="ComponentException">The target or an argument is not supported.</exception>
    /// <exception cref="LossException">An argument's value is out of range.</exception>
    public static ISegmentationLoss Create(ConfigValue.Component component)
    {
        var arguments = new ComponentArguments(component);
        if (!Makers.TryGetValue(arguments.TargetName, out var make))
        {
            throw arguments.Unsupported("loss", Makers.Keys);
        }

        var loss = make(arguments);
        arguments.RequireAllRead();
        return loss;
    }

    private static WeightedSumLoss DiceCrossEntropy(ComponentArguments a)
    {
        var dice = Dice(a);
        var weights = dice.Weights;
        if (weights is { Count: > 1 } && !dice.IncludeBackground)
        {
            dice = dice with { Weights = [.. weights.Skip(1)] };
        }

        var entropy = new CrossEntropyOptions { Weights = weights, LabelSmoothing = a.Number("label_smoothing", 0), Reduction = dice.Reduction };
        return new("DiceCELoss", new DiceLoss(dice), a.Number("lambda_dice", 1), new CrossEntropy(entropy), a.Number("lambda_ce", 1));
    }

    private static WeightedSumLoss DiceFocal(ComponentArguments a) =>
        new("DiceFocalLoss", new DiceLoss(Dice(a)), a.Number("lambda_dice", 1), new FocalLoss(Focal(a)), a.Number("lambda_focal", 1));

    private static WeightedSumLoss GeneralizedDiceFocal(ComponentArguments a) =>
        new("GeneralizedDiceFocalLoss", new GeneralizedDiceLoss(GeneralizedDice(a)), a.Number("lambda_gdl", 1), new FocalLoss(Focal(a)), a.Number("lambda_focal", 1));

    private static DeepSupervisionLoss DeepSupervision(ComponentArguments a)
    {
        var inner = a.Inner("loss") ?? throw new ComponentException($"{a.Component.Id}: DeepSupervisionLoss needs a loss.");
        var weighting = a.Word(
            "weight_mode",
            DeepSupervisionWeighting.Exponential,
            ("exp", DeepSupervisionWeighting.Exponential),
            ("same", DeepSupervisionWeighting.Same),
            ("two", DeepSupervisionWeighting.Two));
        return new(Create(inner), weighting, a.Numbers("weights"));
    }

    private static DiceOptions Dice(ComponentArguments a) => Overlap(a, new DiceOptions
    {
        Jaccard = a.Boolean("jaccard", false),
        Squared = a.Boolean("squared_pred", false),
        Weights = a.Numbers("weight"),
    });

    private static GeneralizedDiceOptions GeneralizedDice(ComponentArguments a) => Overlap(a, new GeneralizedDiceOptions
    {
        Weighting = a.Word(
            "w_type",
            GeneralizedDiceWeighting.Square,
            ("square", GeneralizedDiceWeighting.Square),
            ("simple", GeneralizedDiceWeighting.Simple),
            ("uniform", GeneralizedDiceWeighting.Uniform)),
    });

    private static FocalOptions Focal(ComponentArguments a) => new()
    {
        IncludeBackground = a.Boolean("include_background", true),
        ToOneHot = a.Boolean("to_onehot_y", false),
        Gamma = a.Number("gamma", 2),
        Alpha = a.Number("alpha"),
        Weights = a.Numbers("weight"),
        Softmax = a.Boolean("use_softmax", false),
        Reduction = Reduction(a),
    };

    private static T Overlap<T>(ComponentArguments a, T options)
        where T : OverlapOptions => options with
        {
            IncludeBackground = a.Boolean("include_background", true),
            ToOneHot = a.Boolean("to_onehot_y", false),
            Activation = Activation(a),
            SoftLabel = a.Boolean("soft_label", false),
            Batch = a.Boolean("batch", false),
            SmoothNumerator = a.Number("smooth_nr", 1e-5),
            SmoothDenominator = a.Number("smooth_dr", 1e-5),
            Reduction = Reduction(a),
        };

    private static ScoreActivation Activation(ComponentArguments a)
    {
        var (sigmoid, softmax) = (a.Boolean("sigmoid", false), a.Boolean("softmax", false));
        if (sigmoid && softmax)
        {
            throw new ComponentException($"{a.Component.Id}: {a.Component.Target} takes sigmoid or softmax, not both.");
        }

        return sigmoid ? ScoreActivation.Sigmoid : softmax ? ScoreActivation.Softmax : ScoreActivation.None;
    }

    private static LossReduction Reduction(ComponentArguments a) =>
        a.Word("reduction", LossReduction.Mean, ("mean", LossReduction.Mean), ("sum", LossReduction.Sum), ("none", LossReduction.None));
}
