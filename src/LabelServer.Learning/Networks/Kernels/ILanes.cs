using System.Runtime.Intrinsics;

namespace LabelServer.Learning.Networks.Kernels;

/// <summary>Reads and writes sixteen numbers, or one, of a stored type as float32.</summary>
internal unsafe interface ILanes
{
    /// <summary>Sixteen numbers from an offset in numbers.</summary>
    static abstract Vector512<float> Load(nint values, long offset);

    /// <summary>Writes sixteen numbers, rounded to the nearest, ties to even.</summary>
    static abstract void Store(Vector512<float> numbers, nint values, long offset);

    /// <summary>One number.</summary>
    static abstract float LoadOne(nint values, long offset);

    /// <summary>Writes one number.</summary>
    static abstract void StoreOne(float number, nint values, long offset);
}
