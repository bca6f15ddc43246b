namespace LabelServer.Bundles.Checkpoints.Writing;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Its name in the state dict; unique.</param>
/// <param name="Type">The sample type it is written with.</param>
/// <param name="Shape">The size along each axis, slowest first; empty for a single value.</param>
/// <param name="Fill">Fills a buffer with the samples: row-major, last axis fastest, little-endian, exactly their number times the type's size. Called once.</param>
public sealed record CheckpointWriteTensor(string Name, CheckpointDataType Type, IReadOnlyList<long> Shape, CheckpointWriteTensor.FillBuffer Fill)
{
    /// <summary>Fills a buffer with samples.</summary>
    public delegate void FillBuffer(Span<byte> buffer);

    /// <summary>The number of samples.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>The number of bytes.</summary>
    public long Bytes => checked(Count * Type.Bytes());

    /// <summary>A tensor of samples that lie in memory in their final form.</summary>
    /// <param name="name">Its name in the state dict.</param>
    /// <param name="type">The sample type.</param>
    /// <param name="shape">The size along each axis.</param>
    /// <param name="samples">The bytes of the samples, row-major, little-endian.</param>
    public static CheckpointWriteTensor Of(string name, CheckpointDataType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> samples) => new(name, type, shape, buffer => samples.Span.CopyTo(buffer));

    /// <summary>A tensor of single-precision values, written as such, as halves or as bfloat16; rounded to the nearest, ties to even.</summary>
    /// <param name="name">Its name in the state dict.</param>
    /// <param name="shape">The size along each axis.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="type"><see cref="CheckpointDataType.Float32"/>, <see cref="CheckpointDataType.Float16"/> or <see cref="CheckpointDataType.BFloat16"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another type.</exception>
    public static CheckpointWriteTensor Of(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> values, CheckpointDataType type = CheckpointDataType.Float32) =>
        type is CheckpointDataType.Float32 or CheckpointDataType.Float16 or CheckpointDataType.BFloat16
            ? new CheckpointWriteTensor(name, type, shape, buffer => CheckpointDataTypes.FromSingles(type, values.Span, buffer))
            : throw new ArgumentOutOfRangeException(nameof(type), type, "Single-precision values are written as Float32, Float16 or BFloat16.");
}
