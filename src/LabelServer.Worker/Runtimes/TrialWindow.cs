using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;

namespace LabelServer.Worker.Runtimes;

/// <summary>Times a network on one window.</summary>
internal static class TrialWindow
{
    private const int Repeats = 2;
    private static readonly GridSize Small3D = new(48, 48, 48);
    private static readonly GridSize Small2D = new(192, 192, 1);
    private static readonly GridSize Usual3D = new(96, 96, 96);
    private static readonly GridSize Usual2D = new(512, 512, 1);

    /// <summary>A window that is small enough to wait for: the best of two runs after one that is not counted.</summary>
    /// <inheritdoc cref="Time"/>
    public static TimeSpan TimeSmall(INetwork network, int spatialDims, TimeProvider time, CancellationToken cancellationToken) =>
        Time(network, spatialDims == 2 ? Small2D : Small3D, spatialDims, Repeats, time, cancellationToken);

    /// <summary>A window as bundles ask for it, in one run.</summary>
    /// <inheritdoc cref="Time"/>
    public static TimeSpan TimeUsual(INetwork network, int spatialDims, TimeProvider time, CancellationToken cancellationToken) =>
        Time(network, spatialDims == 2 ? Usual2D : Usual3D, spatialDims, 0, time, cancellationToken);

    /// <summary>Times a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="size">The window.</param>
    /// <param name="spatialDims">2 or 3.</param>
    /// <param name="repeats">Runs after the first, which then does not count.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops between the runs and, where the runtime allows it, within one.</param>
    /// <returns>The best time. A network that does not take this window counts as slow, since another may.</returns>
    private static TimeSpan Time(INetwork network, GridSize size, int spatialDims, int repeats, TimeProvider time, CancellationToken cancellationToken)
    {
        var shape = new WindowBatchShape(1, network.InputChannels ?? 1, size, spatialDims);
        var window = new float[shape.SampleCount];
        var best = TimeSpan.MaxValue;
        try
        {
            for (var run = 0; run <= repeats; run++)
            {
                var start = time.GetTimestamp();
                network.Run(window, shape, cancellationToken).Dispose();
                var took = time.GetElapsedTime(start);
                best = (run > 0 || repeats == 0) && took < best ? took : best;
            }
        }
        catch (NetworkException)
        {
            return TimeSpan.MaxValue;
        }

        return best;
    }
}
