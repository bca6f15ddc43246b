using LabelServer.Inference;

namespace LabelServer.Tests.Workers;

/// <summary>Tells when a job has reached a phase.</summary>
internal sealed class PhaseWatch(InferencePhase wanted) : IProgress<InferenceProgressReport>
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => _reached.Task;

    public void Report(InferenceProgressReport value)
    {
        if (value.Phase == wanted)
            _reached.TrySetResult();
    }
}
