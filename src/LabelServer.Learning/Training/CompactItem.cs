using System.Numerics;
using System.Numerics.Tensors;
using LabelServer.Imaging.Volumes;
using LabelServer.Learning.Sampling;

namespace LabelServer.Learning.Training;

/// <summary>An item of a training sample as it waits in memory: labels in one or two bytes a voxel, intensities in two.</summary>
/// <remarks>
/// <para>Intensities are stored as value = offset + scale · q with q from −32767 to 32767 over the channel's range: an error of at most 8e-6 of the range, less than that of a
/// float16, in half the memory of a float32. What is trained on has always gone through this form, kept in memory or not, so that the cache changes no number.</para>
/// <para>Owns its volume.</para>
/// </remarks>
internal sealed class CompactItem : IDisposable
{
    private const float Steps = 32767;
    private readonly Volume _stored;
    private readonly (float Scale, float Offset)[]? _channels;

    private CompactItem(Volume stored, (float Scale, float Offset)[]? channels)
    {
        _stored = stored;
        _channels = channels;
    }

    /// <summary>The stored volume: labels as they are, intensities quantised.</summary>
    public Volume Stored => _stored;

    /// <summary>Whether values are intensities.</summary>
    public bool IsQuantised => _channels is not null;

    /// <summary>Bytes in memory.</summary>
    public long Bytes => _stored.Size.VoxelCount * _stored.Channels * SampleTypes.SizeOf(_stored.SampleType);

    /// <summary>Makes the compact form; the volume is only read.</summary>
    public static CompactItem From(Volume volume)
    {
        var largest = volume.Accept<LargestWholeVisitor, long>(default);
        return largest switch
        {
            < 0 => Quantise(volume),
            <= byte.MaxValue => new(SampleConversion.Convert(volume, SampleType.UInt8, new ParallelOptions()), null),
            <= ushort.MaxValue => new(SampleConversion.Convert(volume, SampleType.UInt16, new ParallelOptions()), null),
            _ => Quantise(volume),
        };
    }

    /// <summary>The whole item: labels in their compact type, intensities in float32. The caller owns it.</summary>
    public Volume Expand() => Expand(new CropBox(0, 0, 0, _stored.Size));

    /// <summary>The whole item in float32. The caller owns it.</summary>
    public Volume<float> ExpandFloat()
    {
        var whole = Expand();
        if (whole is Volume<float> already)
        {
            return already;
        }

        using (whole)
        {
            return (Volume<float>)SampleConversion.Convert(whole, SampleType.Float32, new ParallelOptions());
        }
    }

    /// <summary>A part of the item. The caller owns it.</summary>
    public Volume Expand(CropBox box)
    {
        var part = box.Copy(_stored);
        if (_channels is null)
        {
            return part;
        }

        using (part)
        {
            var quantised = (Volume<short>)part;
            var result = new Volume<float>(part.Grid, part.Channels, clear: false);
            for (var c = 0; c < part.Channels; c++)
            {
                var target = result.Channel(c);
                TensorPrimitives.ConvertChecked<short, float>(quantised.Channel(c), target);
                TensorPrimitives.Multiply(target, _channels[c].Scale, target);
                TensorPrimitives.Add(target, _channels[c].Offset, target);
            }

            return result;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stored.Dispose();

    private static CompactItem Quantise(Volume volume)
    {
        using var converted = volume is Volume<float> ? null : SampleConversion.Convert(volume, SampleType.Float32, new ParallelOptions());
        var source = (Volume<float>)(converted ?? volume);
        var stored = new Volume<short>(source.Grid, source.Channels, clear: false);
        var channels = new (float Scale, float Offset)[source.Channels];
        for (var c = 0; c < source.Channels; c++)
        {
            var from = source.Channel(c);
            var to = stored.Channel(c);
            var (low, high) = Range(from);
            var offset = (float)(((double)low + high) / 2);
            var scale = (float)(((double)high - low) / 2 / Steps);
            channels[c] = (scale, offset);
            var factor = scale > 0 ? 1 / scale : 0;
            for (var at = 0; at < to.Length; at++)
            {
                // A voxel that is no number becomes the middle of the range; MONAI would make the loss NaN.
                var q = MathF.Round((from[at] - offset) * factor);
                to[at] = float.IsNaN(q) ? (short)0 : (short)Math.Clamp(q, -Steps, Steps);
            }
        }

        return new(stored, channels);
    }

    private static (float Low, float High) Range(ReadOnlySpan<float> values)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var value in values)
        {
            if (float.IsFinite(value))
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }
        }

        return low <= high ? (low, high) : (0, 0);
    }

    /// <summary>The largest value when all are whole numbers from 0 on, else -1.</summary>
    private readonly struct LargestWholeVisitor : IVolumeVisitor<long>
    {
        public long Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var largest = T.Zero;
            foreach (var value in volume.Samples)
            {
                if (value < T.Zero || !T.IsInteger(value))
                {
                    return -1;
                }

                largest = value > largest ? value : largest;
            }

            return long.CreateSaturating(largest);
        }
    }
}
