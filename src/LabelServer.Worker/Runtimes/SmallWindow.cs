using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;

namespace LabelServer.Worker.Runtimes;

/// <summary>Times a network on a window that is small enough to wait for and large enough to tell two runtimes apart.</summary>
internal static class SmallWindow
{
    private const int Edge3D = 48;
    private const int Edge2D = 192;
    private const int Repeats = 2;

    /// <summary>The best of two runs after one that is not counted. A network that does not take this window counts as slow, since another may.</summary>
    /// <param name="network">The network.</param>
    /// <param name="spatialDims">2 or 3.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops between the runs and, where the runtime allows it, within one.</param>
    public static TimeSpan Time(INetwork network, int spatialDims, TimeProvider time, CancellationToken cancellationToken)
    {
        var size = spatialDims == 2 ? new GridSize(Edge2D, Edge2D, 1) : new GridSize(Edge3D, Edge3D, Edge3D);
        var shape = new WindowBatchShape(1, network.InputChannels ?? 1, size, spatialDims);
        var window = new float[shape.SampleCount];
        var best = TimeSpan.MaxValue;
        try
        {
            for (var run = 0; run <= Repeats; run++)
            {
                var start = time.GetTimestamp();
                network.Run(window, shape, cancellationToken).Dispose();
                var took = time.GetElapsedTime(start);
                best = run > 0 && took < best ? took : best;
            }
        }
        catch (NetworkException)
        {
            return TimeSpan.MaxValue;
        }

        return best;
    }
}
