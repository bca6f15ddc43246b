using System.Runtime.Intrinsics;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>The inner loops of blending, over a run of voxels whose channels lie side by side.</summary>
/// <remarks>Vectors of sixteen where the processor has them; elsewhere the compiler makes two of eight of each. One multiplication and one addition a value, rounded
/// separately as MONAI does (no fused multiply-add), so that the sums have the same bits.</remarks>
internal static unsafe class BlendKernels
{
    private const int Width = 16;

    /// <summary>Writes the values themselves.</summary>
    public static void Copy<TSource>(nint source, float* target, long length)
        where TSource : IScoreSource
    {
        long at = 0;
        for (; at <= length - Width; at += Width)
        {
            Vector512.Store(TSource.Load512(source, at), target + at);
        }

        for (; at < length; at++)
        {
            target[at] = TSource.Load(source, at);
        }
    }

    /// <summary>sums = weight × value.</summary>
    public static void Write<TSource>(nint source, float* weights, float* sums, int voxels, int channels)
        where TSource : IScoreSource
    {
        long at = 0;
        for (var voxel = 0; voxel < voxels; voxel++)
        {
            var weight = weights[voxel];
            var spread = Vector512.Create(weight);
            var end = at + channels;
            for (; at <= end - Width; at += Width)
            {
                Vector512.Store(TSource.Load512(source, at) * spread, sums + at);
            }

            for (; at < end; at++)
            {
                sums[at] = TSource.Load(source, at) * weight;
            }
        }
    }

    /// <summary>sums += weight × value.</summary>
    public static void Add<TSource>(nint source, float* weights, float* sums, int voxels, int channels)
        where TSource : IScoreSource
    {
        long at = 0;
        for (var voxel = 0; voxel < voxels; voxel++)
        {
            var weight = weights[voxel];
            var spread = Vector512.Create(weight);
            var end = at + channels;
            for (; at <= end - Width; at += Width)
            {
                Vector512.Store(Vector512.Load(sums + at) + (TSource.Load512(source, at) * spread), sums + at);
            }

            for (; at < end; at++)
            {
                sums[at] += TSource.Load(source, at) * weight;
            }
        }
    }
}
