using System.Runtime.Intrinsics;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Reads a network's values as float32, whatever they are stored as. Offsets count values.</summary>
internal interface IScoreSource
{
    /// <summary>Bytes a value.</summary>
    static abstract int Size { get; }

    /// <summary>Reads one value.</summary>
    static abstract float Load(nint values, long offset);

    /// <summary>Reads sixteen values.</summary>
    static abstract Vector512<float> Load512(nint values, long offset);
}
