using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;

namespace LabelServer.Inference.Uncertainty;

/// <summary>Measures how uncertain a network is about an image: repeated predictions, window by window, in one sweep.</summary>
/// <remarks>
/// Different from the original, which keeps all classes of all voxels of all repetitions: here a voxel's predictions become sums as soon as its last window is in. The numbers are the same; 105 classes, 5 repetitions and 2.5 million voxels
/// would be 5 GiB otherwise.
/// </remarks>
/// <param name="windows">Windows and blending, as for an inference.</param>
internal sealed class UncertaintyMeter(SlidingWindowOptions windows)
{
    /// <summary>Measures an image.</summary>
    /// <param name="image">The preprocessed image.</param>
    /// <param name="network">The network, which is as before afterwards.</param>
    /// <param name="options">Method and repetitions.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <param name="progress">Told after each batch of windows; may be null.</param>
    /// <exception cref="NetworkUnsupportedException">Dropout is asked for and the network has none.</exception>
    /// <exception cref="NetworkException">The network does not accept the image or the windows, or its runtime fails.</exception>
    public UncertaintyResult Measure(Volume<float> image, INetwork network, UncertaintyOptions options, ParallelOptions parallel, IProgress<WindowProgress>? progress)
    {
        options.Check();
        if (options.Method == UncertaintyMethod.Flips)
        {
            return Sweep(image, network, MirroredAxes.First(options.Repetitions, windows.SpatialDims), parallel, progress);
        }

        if (network is not IDropoutNetwork random || !random.UseDropout(options.Dropout, options.Seed))
        {
            throw new NetworkUnsupportedException("This network has no dropout that can be turned on, so Monte-Carlo dropout does not work with it. Use test-time augmentation.");
        }

        try
        {
            return Sweep(image, network, new MirroredAxes[options.Repetitions], parallel, progress);
        }
        finally
        {
            random.UseDropout(null, 0);
        }
    }

    private UncertaintyResult Sweep(Volume<float> image, INetwork network, MirroredAxes[] mirrors, ParallelOptions parallel, IProgress<WindowProgress>? progress)
    {
        using var repeated = new RepeatedNetwork(network, mirrors, parallel);
        using var accumulator = (UncertaintyAccumulator)new SlidingWindowInferer(windows).Accumulate(
            image, repeated, parallel, progress, (plan, channels) => new UncertaintyAccumulator(plan, image.Grid, channels, mirrors.Length, network.Head, parallel));
        return accumulator.Result(repeated.MeanEncoding);
    }
}
