namespace LabelServer.Inference.Networks;

/// <summary>A trained network: it maps windows of an image to scores. TorchSharp modules, TorchScript files and other runtimes are implementations.</summary>
/// <remarks>
/// <para>One call at a time: an implementation keeps its input memory between calls, so calls of one instance must not overlap.</para>
/// <para>A network that ends in a 1×1×1 convolution may leave that last step out and hand it over as <see cref="Head"/>. Blending is a weighted sum and the step is
/// linear, so scores blended before or after it are the same; blending the 32 features before it instead of 105 scores after it needs a third of the memory.</para>
/// </remarks>
public interface INetwork : IDisposable
{
    /// <summary>Channels of the image that the network expects, or null when its file does not say.</summary>
    int? InputChannels { get; }

    /// <summary>Classes that it scores, after <see cref="Head"/>; null when its file does not say before the first window is run.</summary>
    int? OutputChannels { get; }

    /// <summary>The precision that it runs in: never <see cref="NetworkPrecision.Auto"/>.</summary>
    NetworkPrecision Precision { get; }

    /// <summary>Where it runs, as PyTorch writes it: <c>cpu</c>, <c>cuda:0</c>.</summary>
    string Device { get; }

    /// <summary>The last, linear step that <see cref="Run"/> leaves to the caller, or null when <see cref="Run"/> gives the scores themselves.</summary>
    LinearHead? Head { get; }

    /// <summary>Runs a batch of windows.</summary>
    /// <param name="windows">Samples of all windows, row-major [N, C, X, Y, Z], z fastest, in the intensities that the bundle's preprocessing gives.</param>
    /// <param name="shape">N, C and the size of a window.</param>
    /// <param name="cancellationToken">Looked at before the run and, where the runtime allows it, between its layers.</param>
    /// <returns>What the network gives; the caller disposes it before the next call.</returns>
    /// <exception cref="NetworkException">The network does not accept that shape, or its runtime fails. The message holds the runtime's words.</exception>
    NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken);
}
