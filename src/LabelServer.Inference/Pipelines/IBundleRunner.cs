using LabelServer.Inference.Uncertainty;

namespace LabelServer.Inference.Pipelines;

/// <summary>A loaded bundle that segments images. One request at a time; the weights stay loaded between requests.</summary>
public interface IBundleRunner : IDisposable
{
    /// <summary>The bundle's name, for messages.</summary>
    string Name { get; }

    /// <summary>Segments one image: preprocessing, windows through the network, postprocessing, back on the grid of the image.</summary>
    /// <param name="request">The image and the parameters; the runner neither keeps nor disposes the stream.</param>
    /// <param name="progress">Told after each window and at each change of stage; may be null.</param>
    /// <param name="cancellationToken">Looked at between windows and between transforms.</param>
    /// <returns>The label map on the image's grid; the caller disposes it.</returns>
    /// <exception cref="InferenceException">The bundle, its weights, a parameter or a step does not allow it; names image, step and way out. See the derived types.</exception>
    /// <exception cref="LabelServer.Imaging.ImagingException">The image cannot be read or makes no sense.</exception>
    /// <exception cref="Networks.NetworkException">The network cannot be built, filled or run.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<InferenceResult> RunAsync(InferenceRequest request, IProgress<InferenceProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Measures how uncertain the network is about an image: preprocessing as for an inference, then repeated predictions of each window. No label comes out of it.</summary>
    /// <param name="request">The image and the parameters; what concerns the result file is ignored.</param>
    /// <param name="options">Method and repetitions.</param>
    /// <param name="progress">Told after each window and at each change of stage; may be null.</param>
    /// <param name="cancellationToken">Looked at between windows and between transforms.</param>
    /// <exception cref="Networks.NetworkUnsupportedException">Dropout is asked for and the network has none.</exception>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    Task<UncertaintyResult> MeasureAsync(InferenceRequest request, UncertaintyOptions options, IProgress<InferenceProgress>? progress, CancellationToken cancellationToken);
}
