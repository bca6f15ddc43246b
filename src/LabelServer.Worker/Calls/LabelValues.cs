using System.Numerics;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Worker.Calls;

/// <summary>Gives the labels of a result other numbers: clients read the i-th label name as the voxel value i + 1, whatever channel it has.</summary>
internal static class LabelValues
{
    /// <summary>The new number of a value; the old one when no table is given, 0 when the table does not name it.</summary>
    public static int Of(int value, IDictionary<int, int> table) => table.Count == 0 ? value : table.TryGetValue(value, out var replaced) ? replaced : 0;

    /// <summary>Replaces every voxel of a label map in place.</summary>
    /// <param name="labels">A label map of any number type.</param>
    /// <param name="table">From channel number to value; a number that is not named becomes 0.</param>
    public static void Replace(Volume labels, IDictionary<int, int> table)
    {
        switch (labels)
        {
            case Volume<byte> volume:
                Replace(volume, table);
                break;
            case Volume<ushort> volume:
                Replace(volume, table);
                break;
            case Volume<sbyte> volume:
                Replace(volume, table);
                break;
            case Volume<short> volume:
                Replace(volume, table);
                break;
            case Volume<uint> volume:
                Replace(volume, table);
                break;
            case Volume<int> volume:
                Replace(volume, table);
                break;
            case Volume<ulong> volume:
                Replace(volume, table);
                break;
            case Volume<long> volume:
                Replace(volume, table);
                break;
            case Volume<float> volume:
                Replace(volume, table);
                break;
            case Volume<double> volume:
                Replace(volume, table);
                break;
        }
    }

    private static void Replace<T>(Volume<T> volume, IDictionary<int, int> table)
        where T : unmanaged, INumber<T>
    {
        var samples = volume.Samples;

        // Labels come in runs: most voxels are like the one before.
        var from = T.Zero;
        var to = T.CreateTruncating(Of(0, table));
        for (var i = 0; i < samples.Length; i++)
        {
            if (samples[i] != from)
            {
                from = samples[i];
                to = T.CreateTruncating(Of(int.CreateTruncating(from), table));
            }

            samples[i] = to;
        }
    }
}
