using System.Numerics;

namespace LabelServer.Imaging.Comparison;

/// <summary>Finds the nearest of many points: a balanced k-d tree kept in the order of its points (Bentley 1975, doi:10.1145/361002.361007).</summary>
internal sealed class PointTree
{
    private const int LeafLength = 12;
    private readonly Vector3[] _points;
    private readonly byte[] _axes;

    /// <summary>Builds the tree over a copy of the points.</summary>
    /// <param name="points">At least one point.</param>
    public PointTree(Vector3[] points)
    {
        _points = [.. points];
        _axes = new byte[points.Length];
        Build(0, points.Length);
    }

    /// <summary>The distance from each of the points to the nearest one of the tree.</summary>
    public float[] Distances(Vector3[] points, ParallelOptions parallel)
    {
        var distances = new float[points.Length];
        const int block = 4096;
        Parallel.For(0, (points.Length + block - 1) / block, parallel, part =>
        {
            for (var at = part * block; at < Math.Min(points.Length, (part + 1) * block); at++)
            {
                var best = float.PositiveInfinity;
                Search(0, _points.Length, points[at], ref best);
                distances[at] = MathF.Sqrt(best);
            }
        });
        return distances;
    }

    private void Build(int from, int to)
    {
        while (to - from > LeafLength)
        {
            var axis = WidestAxis(from, to);
            var middle = (from + to) / 2;
            Select(from, to - 1, middle, axis);
            _axes[middle] = (byte)axis;
            Build(from, middle);
            from = middle + 1;
        }
    }

    private int WidestAxis(int from, int to)
    {
        var (low, high) = (_points[from], _points[from]);
        for (var at = from + 1; at < to; at++)
        {
            low = Vector3.Min(low, _points[at]);
            high = Vector3.Max(high, _points[at]);
        }

        var width = high - low;
        return width.X >= width.Y && width.X >= width.Z ? 0 : width.Y >= width.Z ? 1 : 2;
    }

    // Hoare's selection: afterwards nothing before the place is larger, nothing after it smaller.
    private void Select(int low, int high, int place, int axis)
    {
        while (low < high)
        {
            var pivot = _points[(low + high) / 2][axis];
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (_points[i][axis] < pivot)
                {
                    i++;
                }

                while (_points[j][axis] > pivot)
                {
                    j--;
                }

                if (i <= j)
                {
                    (_points[i], _points[j]) = (_points[j], _points[i]);
                    i++;
                    j--;
                }
            }

            if (place <= j)
            {
                high = j;
            }
            else if (place >= i)
            {
                low = i;
            }
            else
            {
                return;
            }
        }
    }

    private void Search(int from, int to, Vector3 point, ref float best)
    {
        if (to - from <= LeafLength)
        {
            for (var at = from; at < to; at++)
            {
                best = MathF.Min(best, Vector3.DistanceSquared(point, _points[at]));
            }

            return;
        }

        var middle = (from + to) / 2;
        var away = point[_axes[middle]] - _points[middle][_axes[middle]];
        best = MathF.Min(best, Vector3.DistanceSquared(point, _points[middle]));
        var (nearFrom, nearTo, farFrom, farTo) = away < 0 ? (from, middle, middle + 1, to) : (middle + 1, to, from, middle);
        Search(nearFrom, nearTo, point, ref best);
        if (away * away < best)
        {
            Search(farFrom, farTo, point, ref best);
        }
    }
}
