using System.Runtime.Intrinsics;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Values stored as float32.</summary>
internal readonly struct Float32Source : IScoreSource
{
    /// <inheritdoc/>
    public static int Size => sizeof(float);

    /// <inheritdoc/>
    public static unsafe float Load(nint values, long offset) => ((float*)values)[offset];

    /// <inheritdoc/>
    public static unsafe Vector512<float> Load512(nint values, long offset) => Vector512.Load((float*)values + offset);
}
