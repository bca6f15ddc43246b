namespace LabelServer.Learning.Schedulers;

/// <summary>Says which learning rate a step (or epoch) uses.</summary>
/// <remarks>
/// PyTorch's schedulers multiply the last rate by a factor; nearly all have a closed form, which is used here because it needs no memory: a run that goes on from step n
/// uses exactly the rates of one that was never interrupted. One thread at a time.
/// </remarks>
public interface ILearningRateSchedule
{
    /// <summary>The rate of step <paramref name="step"/>, counted from 0; in PyTorch the rate after that many calls of <c>step()</c>.</summary>
    double RateAt(int step);

    /// <summary>Tells the validation result after a step; only <see cref="ReduceOnPlateau"/> listens. Called once per step, in order.</summary>
    void Observe(double metric);
}
