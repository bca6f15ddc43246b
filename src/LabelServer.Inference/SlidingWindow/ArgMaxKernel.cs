using System.Runtime.Intrinsics;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>The index of the largest of a voxel's scores; of equal ones the first, as in PyTorch on the CPU.</summary>
internal static unsafe class ArgMaxKernel
{
    private const int Width = 16;

    /// <summary>The index of the largest score.</summary>
    public static int Find(float* scores, int count)
    {
        var best = 0;
        var largest = scores[0];
        var at = 1;
        if (count >= 2 * Width)
        {
            (best, largest) = FindInVectors(scores, count / Width * Width);
            at = count / Width * Width;
        }

        for (; at < count; at++)
        {
            if (scores[at] > largest)
            {
                largest = scores[at];
                best = at;
            }
        }

        return best;
    }

    // Each lane keeps its own largest score and where it was; the lanes are compared at the end, of equal ones the lowest index.
    private static (int Best, float Largest) FindInVectors(float* scores, int count)
    {
        var largest = Vector512.Load(scores);
        var where = Vector512<int>.Indices;
        var index = where;
        for (var at = Width; at < count; at += Width)
        {
            index += Vector512.Create(Width);
            var candidate = Vector512.Load(scores + at);
            var larger = Vector512.GreaterThan(candidate, largest);
            largest = Vector512.ConditionalSelect(larger, candidate, largest);
            where = Vector512.ConditionalSelect(larger.AsInt32(), index, where);
        }

        var best = where[0];
        var value = largest[0];
        for (var lane = 1; lane < Width; lane++)
        {
            if (largest[lane] > value || (largest[lane] == value && where[lane] < best))
            {
                value = largest[lane];
                best = where[lane];
            }
        }

        return (best, value);
    }
}
