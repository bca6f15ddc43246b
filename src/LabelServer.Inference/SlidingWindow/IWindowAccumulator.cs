using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Takes the windows of an image in the plan's order and makes one volume of them. Owns its memory and, until it is taken, the result.</summary>
/// <remarks>An implementation may work on the host or on a device; windows are never copied on the way to it.</remarks>
internal interface IWindowAccumulator : IDisposable
{
    /// <summary>Takes one window.</summary>
    /// <param name="window">Which one.</param>
    /// <param name="output">The batch that holds it.</param>
    /// <param name="item">Its place in the batch.</param>
    void Add(WindowIndex window, NetworkOutput output, int item);

    /// <summary>The result, after the last window; the caller disposes it.</summary>
    Volume Take();
}
