using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Training;

/// <summary>Makes a plan need less memory: first the batch is halved, with as many more batches to a step, then the patch.</summary>
internal static class MemorySaving
{
    /// <summary>How often a patch is halved at most: an eighth of the memory each time.</summary>
    public const int MostHalvings = 2;

    /// <summary>The plan after a number of steps.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="steps">How often memory ran out.</param>
    /// <exception cref="TrainingException">There is nothing left to save.</exception>
    public static TrainingPlan Apply(TrainingPlan plan, int steps)
    {
        var settings = plan.Settings;
        var (batch, accumulated, left) = (settings.BatchSize, settings.AccumulatedBatches, steps);
        for (; left > 0 && batch > 1; left--)
        {
            batch = Math.Max(1, batch / 2);
            accumulated *= 2;
        }

        if (left > MostHalvings)
        {
            throw new TrainingException(
                $"{plan.Bundle} needs more memory to train than there is, also with one image at a time and a quarter of the patch along each axis. Take highres false if the bundle has it, or a machine with more memory.");
        }

        return plan with
        {
            Settings = settings with { BatchSize = batch, AccumulatedBatches = accumulated, BeforeSaving = (settings.BatchSize, settings.AccumulatedBatches) },
            Random = left == 0 ? plan.Random : new Compose([.. plan.Random.Steps, new TransformStep("memory_saving", nameof(PatchHalving), new PatchHalving(left))]),
        };
    }
}
