namespace LabelServer.Inference.Networks;

/// <summary>The number type that a network computes in.</summary>
public enum NetworkPrecision
{
    /// <summary>Whatever was measured to be faster on this machine: bfloat16 where the hardware multiplies it, else float32.</summary>
    Auto,

    /// <summary>IEEE 754 single precision: the same labels as MONAI without mixed precision.</summary>
    Float32,

    /// <summary>The upper half of a float32: 8 bits of mantissa. About 0.1 % of the voxels get another label, nearly all where two classes are level.</summary>
    BFloat16,

    /// <summary>IEEE 754 half precision. Of ONNX models that are stored so; it can not be asked for.</summary>
    Float16,
}
