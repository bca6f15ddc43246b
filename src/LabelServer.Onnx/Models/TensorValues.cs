using System.Runtime.InteropServices;
using Google.Protobuf;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Models;

/// <summary>Values in and out of a <see cref="TensorProto"/>, little-endian and row-major as the format has them.</summary>
internal static class TensorValues
{
    /// <summary>The values as float32, or null where they lie elsewhere or have another type than float32 and float16.</summary>
    public static float[]? ToSingles(TensorProto tensor)
    {
        if (tensor.ExternalData.Count > 0)
        {
            return null;
        }

        var raw = tensor.HasRawData ? tensor.RawData.Span : default;
        return (TensorProto.Types.DataType)tensor.DataType switch
        {
            TensorProto.Types.DataType.Float when tensor.HasRawData => MemoryMarshal.Cast<byte, float>(raw).ToArray(),
            TensorProto.Types.DataType.Float => [.. tensor.FloatData],
            TensorProto.Types.DataType.Float16 when tensor.HasRawData => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(raw).ToArray(), v => (float)v),
            TensorProto.Types.DataType.Float16 => [.. tensor.Int32Data.Select(v => (float)BitConverter.UInt16BitsToHalf((ushort)v))],
            _ => null,
        };
    }

    /// <summary>A tensor of numbers.</summary>
    public static TensorProto Of(string name, ReadOnlySpan<float> values, IEnumerable<long> shape, bool half = false)
    {
        var bytes = half ? MemoryMarshal.AsBytes<Half>(ToHalf(values)) : MemoryMarshal.AsBytes(values);
        var type = half ? TensorProto.Types.DataType.Float16 : TensorProto.Types.DataType.Float;
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    /// <summary>A vector of whole numbers, such as a shape.</summary>
    public static TensorProto Of(string name, params ReadOnlySpan<long> values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Int64, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        tensor.Dims.Add(values.Length);
        return tensor;
    }

    private static Half[] ToHalf(ReadOnlySpan<float> values)
    {
        var result = new Half[values.Length];
        for (var index = 0; index < result.Length; index++)
        {
            result[index] = (Half)values[index];
        }

        return result;
    }
}
