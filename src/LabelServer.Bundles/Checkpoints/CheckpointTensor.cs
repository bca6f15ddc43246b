using System.Buffers;
using LabelServer.Bundles.Checkpoints.Sources;

namespace LabelServer.Bundles.Checkpoints;

/// <summary>A named tensor of a checkpoint. Its values stay in the file until they are asked for, and are not kept afterwards.</summary>
/// <remarks>Valid as long as its <see cref="Checkpoint"/> is not disposed. Safe to share between threads.</remarks>
public sealed class CheckpointTensor
{
    private const int BlockBytes = 1 << 18;

    private readonly CheckpointRecord _record;
    private readonly long _offset;
    private readonly long[] _shape;
    private readonly long[] _strides;

    internal CheckpointTensor(string name, CheckpointDataType type, long[] shape, long[] strides, CheckpointRecord record, long offset)
    {
        Name = name;
        Type = type;
        _shape = shape;
        _strides = strides;
        _record = record;
        _offset = offset;
        Count = shape.Aggregate(1L, (product, size) => checked(product * size));
    }

    /// <summary>Its name in the state dict, prefixes of parallel training removed: <c>convInit.conv.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The sample type it is stored with.</summary>
    public CheckpointDataType Type { get; }

    /// <summary>The size along each axis, slowest first, as in PyTorch. Empty for a single value.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>The number of samples.</summary>
    public long Count { get; }

    /// <summary>The number of bytes of the samples: <see cref="Count"/> times the size of <see cref="Type"/>.</summary>
    public long Bytes => Count * Type.Bytes();

    /// <summary>The values in row-major order (last axis fastest), as they are stored, little-endian.</summary>
    /// <param name="destination">Exactly <see cref="Bytes"/> long.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged there.</exception>
    public void CopyTo(Span<byte> destination)
    {
        RequireLength(destination.Length, Bytes, nameof(destination));
        if (Count == 0)
        {
            return;
        }

        if (IsContiguous)
        {
            _record.Read(_offset * Type.Bytes(), destination);
            return;
        }

        Gather(destination);
    }

    /// <summary>The values in row-major order (last axis fastest) as single precision, rounded where they do not fit.</summary>
    /// <param name="destination">Exactly <see cref="Count"/> long.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged there.</exception>
    /// <exception cref="NotSupportedException">The values are complex.</exception>
    public void CopyTo(Span<float> destination)
    {
        RequireLength(destination.Length, Count, nameof(destination));
        var size = Type.Bytes();
        if (!IsContiguous)
        {
            var whole = new byte[Bytes];
            Gather(whole);
            CheckpointDataTypes.ToSingles(Type, whole, destination);
            return;
        }

        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var step = BlockBytes / size;
            for (var at = 0; at < destination.Length; at += step)
            {
                var part = destination[at..Math.Min(destination.Length, at + step)];
                var bytes = block.AsSpan(0, part.Length * size);
                _record.Read((_offset + at) * size, bytes);
                CheckpointDataTypes.ToSingles(Type, bytes, part);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>The values in row-major order as a new array of single precision.</summary>
    /// <exception cref="CheckpointFormatException">The file is damaged there, or there are more than an array can hold.</exception>
    /// <exception cref="NotSupportedException">The values are complex.</exception>
    public float[] ToSingles()
    {
        if (Count > Array.MaxLength)
        {
            throw new CheckpointFormatException($"The tensor '{Name}' has {Count} values, more than an array can hold.");
        }

        var values = new float[Count];
        CopyTo(values);
        return values;
    }

    internal CheckpointTensor WithName(string name) => name == Name ? this : new CheckpointTensor(name, Type, _shape, _strides, _record, _offset);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", _shape)}]";

    private bool IsContiguous
    {
        get
        {
            long step = 1;
            for (var i = _shape.Length - 1; i >= 0; i--)
            {
                if (_shape[i] != 1 && _strides[i] != step)
                {
                    return Count == 0;
                }

                step *= _shape[i];
            }

            return true;
        }
    }

    // Reads the range of the storage that the view touches and picks the samples in row-major order.
    private void Gather(Span<byte> destination)
    {
        var size = Type.Bytes();
        var touched = 1 + _shape.Zip(_strides, (n, stride) => (n - 1) * stride).Sum();
        if (touched * size > Array.MaxLength)
        {
            throw new CheckpointFormatException($"The tensor '{Name}' is a view of {touched * size} bytes, more than can be read at once.");
        }

        var block = new byte[touched * size];
        _record.Read(_offset * size, block);
        var index = new long[_shape.Length];
        long from = 0;
        for (long to = 0; to < Count; to++)
        {
            block.AsSpan((int)(from * size), size).CopyTo(destination[(int)(to * size)..]);
            for (var axis = _shape.Length - 1; axis >= 0; axis--)
            {
                from += _strides[axis];
                if (++index[axis] < _shape[axis])
                {
                    break;
                }

                from -= _strides[axis] * _shape[axis];
                index[axis] = 0;
            }
        }
    }

    private static void RequireLength(int actual, long expected, string parameter)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"It has {actual} places for {expected}.", parameter);
        }
    }
}
