using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.Pipelines;

/// <summary>Where the labels of a map lie, in one pass over its voxels.</summary>
/// <param name="Centroids">One entry for each label that has voxels, by value.</param>
/// <param name="BoundingBox">The smallest box around all of them, or null when there are none.</param>
internal sealed record LabelStatistics(IReadOnlyList<LabelCentroid> Centroids, LabelBoundingBox? BoundingBox)
{
    private const int MostValues = 1 << 16;

    /// <summary>Looks at the first channel of a label map of an unsigned 8 or 16 bit type; any other type has no statistics.</summary>
    public static LabelStatistics Of(Volume labels, ParallelOptions parallel) => labels switch
    {
        Volume<byte> narrow => Of(narrow, 256, parallel),
        Volume<ushort> wide => Of(wide, MostValues, parallel),
        _ => new LabelStatistics([], null),
    };

    private static LabelStatistics Of<T>(Volume<T> labels, int values, ParallelOptions parallel)
        where T : unmanaged, IBinaryInteger<T>
    {
        var size = labels.Size;
        var total = new Sums(values);
        Parallel.For(0, size.K, parallel, () => new Sums(values), (k, _, sums) =>
        {
            sums.AddPlane(labels, k);
            return sums;
        }, sums =>
        {
            lock (total)
            {
                total.Add(sums);
            }
        });

        return total.Read();
    }

    private sealed class Sums(int values)
    {
        private readonly long[] _count = new long[values];
        private readonly long[] _i = new long[values];
        private readonly long[] _j = new long[values];
        private readonly long[] _k = new long[values];
        private readonly int[] _low = [int.MaxValue, int.MaxValue, int.MaxValue];
        private readonly int[] _high = [-1, -1, -1];

        public void AddPlane<T>(Volume<T> labels, int k)
            where T : unmanaged, IBinaryInteger<T>
        {
            var size = labels.Size;
            for (var j = 0; j < size.J; j++)
            {
                var row = labels.Samples.Slice(((k * size.J) + j) * size.I, size.I);
                var i = 0;
                while (i < row.Length)
                {
                    // Labels come in runs; the sum of a run's indices is its length times its middle.
                    var value = row[i];
                    var rest = row[i..].IndexOfAnyExcept(value);
                    var length = rest < 0 ? row.Length - i : rest;
                    if (!T.IsZero(value))
                    {
                        AddRun(int.CreateTruncating(value), i, length, j, k);
                    }

                    i += length;
                }
            }
        }

        public void Add(Sums other)
        {
            for (var value = 0; value < _count.Length; value++)
            {
                _count[value] += other._count[value];
                _i[value] += other._i[value];
                _j[value] += other._j[value];
                _k[value] += other._k[value];
            }

            for (var axis = 0; axis < 3; axis++)
            {
                _low[axis] = Math.Min(_low[axis], other._low[axis]);
                _high[axis] = Math.Max(_high[axis], other._high[axis]);
            }
        }

        public LabelStatistics Read()
        {
            var centroids = new List<LabelCentroid>();
            for (var value = 1; value < _count.Length; value++)
            {
                if (_count[value] > 0)
                {
                    centroids.Add(new LabelCentroid(value, (int)(_i[value] / _count[value]), (int)(_j[value] / _count[value]), (int)(_k[value] / _count[value])));
                }
            }

            return new LabelStatistics(centroids, centroids.Count == 0 ? null : new LabelBoundingBox(new GridSize(_low[0], _low[1], _low[2]), new GridSize(_high[0], _high[1], _high[2])));
        }

        private void AddRun(int value, int i, int length, int j, int k)
        {
            _count[value] += length;
            _i[value] += ((long)length * i) + ((long)length * (length - 1) / 2);
            _j[value] += (long)length * j;
            _k[value] += (long)length * k;
            (_low[0], _high[0]) = (Math.Min(_low[0], i), Math.Max(_high[0], i + length - 1));
            (_low[1], _high[1]) = (Math.Min(_low[1], j), Math.Max(_high[1], j));
            (_low[2], _high[2]) = (Math.Min(_low[2], k), Math.Max(_high[2], k));
        }
    }
}
