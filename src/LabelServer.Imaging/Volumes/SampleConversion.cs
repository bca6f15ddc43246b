using System.Numerics;
using System.Numerics.Tensors;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Volumes;

/// <summary>Changes the number type of samples.</summary>
public static class SampleConversion
{
    private const int Chunk = 1 << 16;

    /// <summary>The samples as float32, rounded to nearest where a value has more digits; the caller owns the new volume.</summary>
    public static Volume<float> ToFloat(VolumeView view, ParallelOptions parallel)
    {
        if (view.IsStored)
        {
            return (Volume<float>)Convert(view.Stored, SampleType.Float32, parallel);
        }

        var turned = AxisReorder.Copy(view, parallel);
        if (turned is Volume<float> already)
        {
            return already;
        }

        using (turned)
        {
            return (Volume<float>)Convert(turned, SampleType.Float32, parallel);
        }
    }

    /// <summary>A copy with another number type; the caller owns it. To a whole-number type, values are cut toward zero and held within its range (NumPy wraps; a wrapped label is never
    /// what is meant); NaN becomes 0.</summary>
    public static Volume Convert(Volume volume, SampleType type, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(parallel);
        return type switch
        {
            SampleType.UInt8 => To<byte>(volume, parallel),
            SampleType.Int8 => To<sbyte>(volume, parallel),
            SampleType.UInt16 => To<ushort>(volume, parallel),
            SampleType.Int16 => To<short>(volume, parallel),
            SampleType.UInt32 => To<uint>(volume, parallel),
            SampleType.Int32 => To<int>(volume, parallel),
            SampleType.UInt64 => To<ulong>(volume, parallel),
            SampleType.Int64 => To<long>(volume, parallel),
            SampleType.Float32 => To<float>(volume, parallel),
            SampleType.Float64 => To<double>(volume, parallel),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }

    private static Volume<TTo> To<TTo>(Volume volume, ParallelOptions parallel)
        where TTo : unmanaged, INumber<TTo> => volume.Accept<Conversion<TTo>, Volume<TTo>>(new Conversion<TTo>(parallel));

    private readonly struct Conversion<TTo>(ParallelOptions parallel) : IVolumeVisitor<Volume<TTo>>
        where TTo : unmanaged, INumber<TTo>
    {
        public Volume<TTo> Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var result = new Volume<TTo>(volume.Grid, volume.Channels, clear: false);
            try
            {
                var length = volume.Samples.Length;
                Parallel.For(0, (length + Chunk - 1) / Chunk, parallel, chunk =>
                {
                    var start = chunk * Chunk;
                    var count = Math.Min(Chunk, length - start);
                    TensorPrimitives.ConvertSaturating<T, TTo>(volume.Samples.Slice(start, count), result.Samples.Slice(start, count));
                });
                return result;
            }
            catch
            {
                result.Dispose();
                throw;
            }
        }
    }
}
