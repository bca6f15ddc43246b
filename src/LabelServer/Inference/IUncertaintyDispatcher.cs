namespace LabelServer.Inference;

/// <summary>Has a model's uncertainty about an image measured, by the same worker and in the same queue as inferences.</summary>
public interface IUncertaintyDispatcher
{
    /// <summary>Measures one image.</summary>
    /// <param name="job">Model, image and parameters; what concerns the result file is ignored.</param>
    /// <param name="parameters">Method and repetitions.</param>
    /// <param name="progress">Told about stages and shares done; may be called from any thread.</param>
    /// <param name="cancellationToken">Stops it at the next window.</param>
    /// <inheritdoc cref="IInferenceDispatcher.InferAsync" path="/exception"/>
    Task<UncertaintyReport> MeasureAsync(InferenceJob job, UncertaintyParameters parameters, IProgress<InferenceProgressReport>? progress, CancellationToken cancellationToken);
}

/// <summary>How the uncertainty is measured.</summary>
/// <param name="Flips">True: test-time augmentation by mirroring. False: Monte-Carlo dropout.</param>
/// <param name="Repetitions">Predictions of each window, 2 to 64.</param>
/// <param name="Dropout">The share of features that is dropped, above 0 and below 1.</param>
/// <param name="Seed">What the random numbers begin with.</param>
public sealed record UncertaintyParameters(bool Flips, int Repetitions, double Dropout = 0.2, long Seed = 0);

/// <summary>What repeated predictions of an image say about it.</summary>
/// <param name="Entropy">Nats a voxel, background left out.</param>
/// <param name="Variance">Between the predictions, summed over the classes.</param>
/// <param name="Volumes">Structure to mm³ in the mean prediction.</param>
/// <param name="Features">The mean of the features that the network's encoder ends in; may be empty.</param>
/// <param name="Repetitions">Predictions that were made.</param>
public sealed record UncertaintyReport(double Entropy, double Variance, OrderedDictionary<string, double> Volumes, IReadOnlyList<double> Features, int Repetitions);
