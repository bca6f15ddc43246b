using System.Globalization;
using System.Numerics;
using LabelServer.Imaging;

namespace LabelServer.Datastore.Checks;

/// <summary>Finds the values that occur in a label map.</summary>
internal static class LabelValues
{
    /// <summary>More different values than this are no label map: somebody sent an image.</summary>
    public const int MostValues = 65_536;

    /// <summary>The values other than 0, ascending, of samples with at most 16 bits.</summary>
    public static IReadOnlyList<long> Of<T>(ReadOnlySpan<T> samples)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var lowest = int.CreateChecked(T.MinValue);
        var seen = new bool[int.CreateChecked(T.MaxValue) - lowest + 1];
        var last = T.Zero;
        seen[-lowest] = true;

        // Label maps are long runs of one value, which are passed over many samples at a time.
        for (int end; (end = samples.IndexOfAnyExcept(last)) >= 0; samples = samples[(end + 1)..])
        {
            last = samples[end];
            seen[int.CreateTruncating(last) - lowest] = true;
        }

        var values = new List<long>();
        for (var i = 0; i < seen.Length; i++)
        {
            if (seen[i] && i + lowest != 0)
            {
                values.Add(i + lowest);
            }
        }

        return values;
    }

    /// <summary>The values other than 0, ascending, of whole numbers of any size.</summary>
    /// <exception cref="VolumeUnsupportedException">There are too many different values for a label map.</exception>
    public static IReadOnlyList<long> OfWhole<T>(ReadOnlySpan<T> samples, string subject)
        where T : unmanaged, IBinaryInteger<T>
    {
        var values = new SortedSet<long>();
        var last = T.Zero;
        foreach (var sample in samples)
        {
            if (sample != last)
            {
                last = sample;
                Add(values, long.CreateSaturating(sample), subject);
            }
        }

        return [.. values];
    }

    /// <summary>The values other than 0, ascending, of real numbers, all of which must be whole.</summary>
    /// <exception cref="VolumeUnsupportedException">A value is not whole, or there are too many different values for a label map.</exception>
    public static IReadOnlyList<long> OfReal<T>(ReadOnlySpan<T> samples, string subject)
        where T : unmanaged, IFloatingPoint<T>
    {
        var values = new SortedSet<long>();
        var last = T.Zero;
        foreach (var sample in samples)
        {
            if (sample == last)
            {
                continue;
            }

            last = sample;
            if (!T.IsInteger(sample))
            {
                throw new VolumeUnsupportedException($"{subject} holds the value {sample.ToString(null, CultureInfo.InvariantCulture)}; a label holds whole numbers only. Submit the segmentation, not the image or probabilities.");
            }

            Add(values, long.CreateSaturating(sample), subject);
        }

        return [.. values];
    }

    private static void Add(SortedSet<long> values, long value, string subject)
    {
        if (value != 0 && values.Add(value) && values.Count > MostValues)
        {
            throw new VolumeUnsupportedException($"{subject} holds more than {MostValues} different values; a label map has one for each structure. Submit the segmentation, not the image.");
        }
    }
}
