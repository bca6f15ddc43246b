using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Pipelines;

/// <summary>How much of a postprocessing chain the inferer can do while the windows come in.</summary>
/// <param name="Kind">What the inferer hands over.</param>
/// <param name="Steps">The steps that are left, in order.</param>
/// <param name="ScoreSteps">For <see cref="PostprocessingKind.InverseOfScores"/>: the steps on the scores before the inverse.</param>
/// <param name="Inverse">For <see cref="PostprocessingKind.InverseOfScores"/>: the inverse.</param>
internal sealed record PostprocessingPlan(PostprocessingKind Kind, Compose Steps, Compose? ScoreSteps = null, Invert? Inverse = null)
{
    /// <summary>The item that the network's scores become, as MONAI's engines call it.</summary>
    public const string Key = "pred";

    /// <summary>Looks at the order of softmax, inverse and arg-max.</summary>
    /// <remarks>
    /// <para>Softmax raises no class above another, so it falls away before an arg-max. An inverse by nearest neighbour picks whole voxels, so it gives the same before and
    /// after the arg-max. What the inverse fills in outside is 0 for all classes, and the arg-max of that is 0, which it also fills in for labels.</para>
    /// </remarks>
    public static PostprocessingPlan Of(Compose chain)
    {
        var steps = chain.Steps;
        var argmax = steps.ToList().FindIndex(s => s.Transform is AsDiscrete discrete && IsForScores(discrete) && discrete.Argmax[IndexOf(discrete)]);
        if (argmax < 0)
        {
            return new PostprocessingPlan(PostprocessingKind.Scores, chain);
        }

        var before = steps.Take(argmax).Where(s => !IsSoftmax(s.Transform) && s.Transform is not Identity).ToList();
        var after = new Compose([.. Rest((AsDiscrete)steps[argmax].Transform, steps[argmax]), .. steps.Skip(argmax + 1)]);
        switch (before)
        {
            case []:
                return new PostprocessingPlan(PostprocessingKind.Labels, after);
            case [{ Transform: Invert invert } step] when IsForScores(invert):
                if (invert.NearestInterpolation[IndexOf(invert)])
                {
                    return new PostprocessingPlan(PostprocessingKind.Labels, new Compose([step, .. after.Steps]));
                }

                // A softmax after a linear inverse is again without effect; one before it is not.
                var at = steps.ToList().IndexOf(step);
                return new PostprocessingPlan(PostprocessingKind.InverseOfScores, after, chain.Slice(0, at), invert);
            default:
                return new PostprocessingPlan(PostprocessingKind.Scores, chain);
        }
    }

    // AsDiscrete can do several things; the arg-max is the first of them.
    private static IEnumerable<TransformStep> Rest(AsDiscrete discrete, TransformStep step)
    {
        var index = IndexOf(discrete);
        if (discrete.ToOneHot[index] is not null || discrete.Threshold[index] is not null || discrete.Rounding[index])
        {
            yield return step with
            {
                Transform = new AsDiscrete(
                    TransformKeys.Of(Key), new PerKey<bool>(false), new PerKey<int?>(discrete.ToOneHot[index]), new PerKey<double?>(discrete.Threshold[index]), new PerKey<bool>(discrete.Rounding[index])),
            };
        }
    }

    private static bool IsSoftmax(ITransform transform) => transform is Activations activations && IsForScores(activations)
        && activations.Softmax[IndexOf(activations)] && !activations.Sigmoid[IndexOf(activations)] && activations.Dimension == 0;

    private static bool IsForScores(KeyedTransform transform) => transform.Keys.Names is null or [Key];

    private static int IndexOf(KeyedTransform transform) => transform.Keys.Names is null ? 0 : transform.Keys.Names.ToList().IndexOf(Key);
}
