namespace LabelServer.Inference;

/// <summary>How far a job is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Fraction">Share of the whole job that is done, 0 to 1, never falling.</param>
/// <param name="Detail">A few words for people, such as <c>window 12 of 90</c>; may be empty.</param>
public readonly record struct InferenceProgressReport(InferencePhase Phase, double Fraction, string Detail);

/// <summary>The phases of an inference, in their order.</summary>
public enum InferencePhase
{
    /// <summary>Waits for its turn.</summary>
    Queued,

    /// <summary>The worker or the weights are being loaded.</summary>
    Starting,

    /// <summary>The image is read and prepared.</summary>
    Preprocessing,

    /// <summary>The network runs over the windows.</summary>
    Inferring,

    /// <summary>The label map is brought back to the image's grid.</summary>
    Postprocessing,

    /// <summary>The result is written and sent.</summary>
    Writing,
}
