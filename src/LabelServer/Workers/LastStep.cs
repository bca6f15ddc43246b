using LabelServer.Inference;

namespace LabelServer.Workers;

/// <summary>Passes a job's progress on and remembers its last step, for the message of a job that took too long.</summary>
/// <param name="next">Who else is told; null for nobody.</param>
internal sealed class LastStep(IProgress<InferenceProgressReport>? next) : IProgress<InferenceProgressReport>
{
    private volatile string _words = "it waited for its turn";

    /// <summary>What was being done, to go on after "while".</summary>
    public string Words => _words;

    /// <inheritdoc/>
    public void Report(InferenceProgressReport value)
    {
        var detail = value.Detail.Length > 0 ? $" ({value.Detail})" : string.Empty;
        _words = value.Phase switch
        {
            InferencePhase.Queued => "it waited for its turn",
            InferencePhase.Starting => "the worker and the model were loaded",
            InferencePhase.Preprocessing => "the image was read and prepared",
            InferencePhase.Inferring => $"the network ran over it{detail}",
            InferencePhase.Postprocessing => "its label map was brought back to the image's grid",
            _ => "its result was written",
        };
        next?.Report(value);
    }
}
