using LabelServer.Inference.Pipelines;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Evaluation;

/// <summary>A postprocessing chain of prediction and label, arranged so that no class has a volume of its own where label maps do.</summary>
/// <param name="Kind">What the inferer hands over as <c>pred</c>.</param>
/// <param name="Steps">The steps that are left, in order.</param>
/// <param name="Inverse">For <see cref="PostprocessingKind.InverseOfScores"/>: the inverse of the scores, done before the steps.</param>
/// <param name="Classes">The classes of the label maps where a one-hot form at the chain's end was left out; null: prediction and label are compared channel by channel.</param>
/// <remarks>
/// <para>Softmax raises no class above another, so it falls away before an arg-max; an inverse by nearest neighbour picks whole voxels, so it may come after the arg-max; and counting the voxels that
/// two one-hot volumes share in each channel is counting those of each label. 105 classes of a whole body would else be 105 volumes, twice.</para>
/// </remarks>
internal sealed record EvaluationChain(PostprocessingKind Kind, Compose Steps, Invert? Inverse, int? Classes)
{
    /// <summary>The item that the network's scores become, as MONAI's engines call it.</summary>
    public const string Prediction = "pred";

    /// <summary>The item that is compared with.</summary>
    public const string Label = "label";

    /// <summary>Arranges a chain.</summary>
    public static EvaluationChain Of(Compose chain)
    {
        var steps = chain.Steps.ToList();
        var at = steps.FindIndex(s => s.Transform is AsDiscrete d && IndexOf(d, Prediction) is >= 0 and var i && d.Argmax[i]);
        if (at < 0 || Before(steps[..at]) is not { } before)
        {
            return new EvaluationChain(PostprocessingKind.Scores, chain, null, null);
        }

        var discrete = (AsDiscrete)steps[at].Transform;
        var classes = CanStayLabels(discrete, steps[(at + 1)..]);
        var rest = new Compose([.. before.Others, .. Without(steps[at], discrete, classes is not null), .. steps[(at + 1)..]]);
        return new EvaluationChain(before.Inverse is null ? PostprocessingKind.Labels : PostprocessingKind.InverseOfScores, rest, before.Inverse, classes);
    }

    // What may stand before the arg-max: softmax, and one inverse. Null when there is something else.
    private static (Invert? Inverse, List<TransformStep> Others)? Before(List<TransformStep> steps)
    {
        var others = new List<TransformStep>();
        Invert? inverse = null;
        foreach (var step in steps)
        {
            switch (step.Transform)
            {
                case Identity:
                case Activations activations when IsSoftmaxOfPrediction(activations):
                    break;
                case KeyedTransform keyed when keyed.Keys.Names is not null && !keyed.Keys.Contains(Prediction):
                    others.Add(step);
                    break;
                case Invert invert when IndexOf(invert, Prediction) is var i and >= 0:
                    if (invert.NearestInterpolation[i])
                    {
                        others.Add(step);
                        break;
                    }

                    inverse = Only(invert, name => name == Prediction);
                    if (Only(invert, name => name != Prediction) is { } labels)
                    {
                        others.Add(step with { Transform = labels });
                    }

                    break;
                default:
                    return null;
            }
        }

        return (inverse, others);
    }

    private static Invert? Only(Invert invert, Func<string, bool> wanted)
    {
        int[] kept = [.. Enumerable.Range(0, invert.Keys.Names?.Count ?? 0).Where(i => wanted(invert.Keys.Names![i]))];
        return invert.Keys.Names is null ? invert : kept.Length == 0 ? null : new Invert(
            new TransformKeys([.. kept.Select(i => invert.Keys.Names[i])], invert.Keys.AllowMissing),
            new PerKey<string>(kept.Select(i => invert.OriginalKeys[i])),
            new PerKey<bool>(kept.Select(i => invert.NearestInterpolation[i])));
    }

    // The same number of classes for both, and nothing afterwards that would see the channels.
    private static int? CanStayLabels(AsDiscrete discrete, List<TransformStep> after)
    {
        if (IndexOf(discrete, Label) is not (>= 0 and var label) || after.Exists(s => s.Transform is not Identity && (s.Transform is not KeyedTransform k || k.Keys.Contains(Prediction) || k.Keys.Contains(Label))))
        {
            return null;
        }

        var prediction = IndexOf(discrete, Prediction);
        return discrete.ToOneHot[prediction] is { } classes && discrete.ToOneHot[label] == classes && discrete.Threshold[prediction] is null && discrete.Threshold[label] is null && !discrete.Argmax[label]
            ? classes
            : null;
    }

    private static IEnumerable<TransformStep> Without(TransformStep step, AsDiscrete discrete, bool staysLabels)
    {
        var names = discrete.Keys.Names;
        if (names is null)
        {
            return [step with { Transform = new AsDiscrete(TransformKeys.Of(Prediction), new PerKey<bool>(false), discrete.ToOneHot, discrete.Threshold, discrete.Rounding) }];
        }

        var all = Enumerable.Range(0, names.Count).ToList();
        return
        [
            step with
            {
                Transform = new AsDiscrete(
                    discrete.Keys,
                    new PerKey<bool>(all.Select(i => names[i] != Prediction && discrete.Argmax[i])),
                    new PerKey<int?>(all.Select(i => staysLabels && (names[i] is Prediction or Label) ? null : discrete.ToOneHot[i])),
                    new PerKey<double?>(all.Select(i => discrete.Threshold[i])),
                    new PerKey<bool>(all.Select(i => discrete.Rounding[i]))),
            },
        ];
    }

    private static bool IsSoftmaxOfPrediction(Activations activations) => (activations.Keys.Names is null or [Prediction])
        && activations.Softmax[0] && !activations.Sigmoid[0] && activations.Dimension == 0;

    private static int IndexOf(KeyedTransform transform, string name) => transform.Keys.Names is null
        ? (name == Prediction ? 0 : -1)
        : transform.Keys.Names.ToList().IndexOf(name);
}
