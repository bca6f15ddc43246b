using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Runs a network over an image window by window and blends the results: MONAI's <c>SlidingWindowInferer</c>.</summary>
/// <remarks>
/// <para>Source: MONAI@d388d1c6 monai/inferers/utils.py:sliding_window_inference: window positions, padding and blending are the same. Golden: SlidingWindowGoldenTests.</para>
/// <para>Intended difference: of 105 classes only the winner is kept for each voxel as soon as the last window over it is in (<see cref="Labels"/>). The reference holds
/// all classes of all voxels, twice. <see cref="Scores"/> holds them once, for chains that need them.</para>
/// </remarks>
/// <param name="options">Windows and blending.</param>
public sealed class SlidingWindowInferer(SlidingWindowOptions options)
{
    private const int MostClassesInByte = 256;

    /// <summary>Windows and blending.</summary>
    public SlidingWindowOptions Options { get; } = options;

    /// <summary>How many windows an image of that size takes.</summary>
    /// <exception cref="SlidingWindowException">An option is out of range, or the image is too small for the padding.</exception>
    public int CountWindows(Imaging.Geometry.GridSize imageSize) => WindowPlan.Create(Options, imageSize).Order.Count;

    /// <summary>The class with the largest blended score at each voxel.</summary>
    /// <param name="image">The preprocessed image, with as many channels as the network expects.</param>
    /// <param name="network">The network.</param>
    /// <param name="parallel">Threads and cancellation; cancellation is looked at before each batch of windows.</param>
    /// <param name="progress">Told after each batch; may be null.</param>
    /// <returns>One channel on the image's grid, <c>uint8</c> for up to 256 classes, else <c>uint16</c>; the caller disposes it.</returns>
    /// <exception cref="SlidingWindowException">An option is out of range, the image is too small for the padding, or it has other channels than the network takes.</exception>
    /// <exception cref="NetworkException">The network does not accept the windows, or its runtime fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Volume Labels(Volume<float> image, INetwork network, ParallelOptions parallel, IProgress<WindowProgress>? progress = null) =>
        Run(image, network, parallel, progress, (plan, channels) => (network.Head?.Outputs ?? channels) <= MostClassesInByte
            ? new LabelAccumulator<byte>(plan, image.Grid, channels, network.Head, parallel)
            : new LabelAccumulator<ushort>(plan, image.Grid, channels, network.Head, parallel));

    /// <summary>All blended scores, one channel a class.</summary>
    /// <inheritdoc cref="Labels"/>
    /// <returns>One channel a class on the image's grid; the caller disposes it.</returns>
    public Volume<float> Scores(Volume<float> image, INetwork network, ParallelOptions parallel, IProgress<WindowProgress>? progress = null) =>
        (Volume<float>)Run(image, network, parallel, progress, (plan, channels) => new ScoreAccumulator(plan, image.Grid, channels, network.Head, parallel));

    private Volume Run(
        Volume<float> image, INetwork network, ParallelOptions parallel, IProgress<WindowProgress>? progress, Func<WindowPlan, int, IWindowAccumulator> createAccumulator)
    {
        using var accumulator = Accumulate(image, network, parallel, progress, createAccumulator);
        return accumulator.Take();
    }

    /// <summary>Runs all windows into an accumulator, which the caller disposes.</summary>
    internal IWindowAccumulator Accumulate(
        Volume<float> image, INetwork network, ParallelOptions parallel, IProgress<WindowProgress>? progress, Func<WindowPlan, int, IWindowAccumulator> createAccumulator)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(parallel);
        if (network.InputChannels is { } expected && expected != image.Channels)
        {
            throw new SlidingWindowException($"The network expects {expected} channel(s), the preprocessed image has {image.Channels}. Send an image with as many channels as the model was trained on.");
        }

        var plan = WindowPlan.Create(Options, image.Size);
        var cutter = new WindowCutter(image, plan);
        var total = plan.Order.Count;
        var batchSize = Math.Min(Options.BatchSize, total);
        var samples = SamplesOfWindow(plan, image.Channels, batchSize);
        using var windows = new NativeBuffer<float>(samples * batchSize, clear: false);
        IWindowAccumulator? accumulator = null;
        try
        {
            for (var done = 0; done < total; done += batchSize)
            {
                parallel.CancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(batchSize, total - done);
                for (var item = 0; item < count; item++)
                {
                    cutter.Cut(plan.Order[done + item], windows.GetSpan().Slice(item * samples, samples), parallel);
                }

                var shape = new WindowBatchShape(count, image.Channels, plan.Roi, Options.SpatialDims);
                using var output = network.Run(windows.GetSpan()[..(count * samples)], shape, parallel.CancellationToken);
                accumulator ??= createAccumulator(plan, output.Channels);
                for (var item = 0; item < count; item++)
                {
                    accumulator.Add(plan.Order[done + item], output, item);
                }

                progress?.Report(new WindowProgress(done + count, total));
            }

            return accumulator!;
        }
        catch
        {
            accumulator?.Dispose();
            throw;
        }
    }

    // A batch of windows is one block of memory.
    private static int SamplesOfWindow(WindowPlan plan, int channels, int batchSize) => plan.Roi.VoxelCount * channels * batchSize is var samples && samples <= Array.MaxLength
        ? (int)(samples / batchSize)
        : throw new SlidingWindowException($"{batchSize} window(s) of {plan.Roi} voxels with {channels} channel(s) have {samples} samples, more than can be computed at once. Use a smaller roi_size or sw_batch_size.");
}
