using System.Runtime.Intrinsics;

namespace LabelServer.Learning.Networks.Kernels;

/// <summary>Numbers stored as float32.</summary>
internal readonly unsafe struct Float32Lanes : ILanes
{
    /// <inheritdoc/>
    public static Vector512<float> Load(nint values, long offset) => Vector512.Load((float*)values + offset);

    /// <inheritdoc/>
    public static void Store(Vector512<float> numbers, nint values, long offset) => Vector512.Store(numbers, (float*)values + offset);

    /// <inheritdoc/>
    public static float LoadOne(nint values, long offset) => ((float*)values)[offset];

    /// <inheritdoc/>
    public static void StoreOne(float number, nint values, long offset) => ((float*)values)[offset] = number;
}
