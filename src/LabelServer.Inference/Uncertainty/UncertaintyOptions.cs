namespace LabelServer.Inference.Uncertainty;

/// <summary>How the uncertainty of a prediction is measured.</summary>
public sealed record UncertaintyOptions
{
    /// <summary>The most repetitions: the memory for blending grows with them.</summary>
    public const int MostRepetitions = 64;

    /// <summary>What differs between the repetitions.</summary>
    public UncertaintyMethod Method { get; init; }

    /// <summary>Predictions of each window, 2 to <see cref="MostRepetitions"/>; of flips there are 8 (4 in two dimensions), and more are not run.</summary>
    public int Repetitions { get; init; } = 5;

    /// <summary>For dropout: the share of features that is dropped, above 0 and below 1.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>For dropout: what the random numbers begin with.</summary>
    public long Seed { get; init; }

    /// <summary>Refuses what makes no sense.</summary>
    /// <exception cref="Pipelines.InferenceParameterException">A value is out of its range.</exception>
    internal void Check()
    {
        if (Repetitions is < 2 or > MostRepetitions)
        {
            throw new Pipelines.InferenceParameterException($"simulation_size is {Repetitions}; it must be 2 to {MostRepetitions}.");
        }

        if (!(Dropout is > 0 and < 1))
        {
            throw new Pipelines.InferenceParameterException($"The dropout is {Dropout}; it must be above 0 and below 1.");
        }
    }
}
