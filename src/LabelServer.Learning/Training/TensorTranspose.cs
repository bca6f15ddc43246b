using System.Numerics;
using System.Runtime.InteropServices;
using LabelServer.Imaging.Volumes;
using static TorchSharp.torch;

namespace LabelServer.Learning.Training;

/// <summary>Copies volumes (i fastest) into tensors [N, C, X, Y, Z] (z fastest).</summary>
internal static class TensorTranspose
{
    private const int Tile = 16;

    /// <summary>A tensor for volumes of one size.</summary>
    public static Tensor Allocate(int count, Volume like) =>
        empty([count, like.Channels, like.Size.I, like.Size.J, like.Size.K], ScalarType.Float32).DetachFromDisposeScope();

    /// <summary>Writes a volume as sample <paramref name="index"/> of a float32 tensor on the CPU.</summary>
    public static void Write(Volume volume, Tensor tensor, int index)
    {
        var samples = checked((int)(volume.Size.VoxelCount * volume.Channels));
        var target = MemoryMarshal.Cast<byte, float>(tensor.bytes).Slice(index * samples, samples);
        volume.Accept<WriteVisitor, bool>(new WriteVisitor(target));
    }

    private readonly unsafe struct WriteVisitor : IVolumeVisitor<bool>
    {
        private readonly float* _target;

        // The tensor's memory is native and does not move.
        public WriteVisitor(Span<float> target) => _target = (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(target));

        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var (x, y, z) = volume.Size;
            for (var c = 0; c < volume.Channels; c++)
            {
                var from = volume.Buffer.Pointer + (c * volume.Size.VoxelCount);
                var to = _target + (c * volume.Size.VoxelCount);
                for (var j = 0; j < y; j++)
                {
                    Turn(from + ((long)j * x), to + ((long)j * z), x, z, (long)x * y, (long)y * z);
                }
            }

            return true;
        }

        // In tiles, so that both the rows along i that are read and the rows along z that are written stay in the first cache.
        private static void Turn<T>(T* from, float* to, int x, int z, long fromStride, long toStride)
            where T : unmanaged, INumber<T>
        {
            for (var i0 = 0; i0 < x; i0 += Tile)
            {
                for (var k0 = 0; k0 < z; k0 += Tile)
                {
                    for (var i = i0; i < Math.Min(x, i0 + Tile); i++)
                    {
                        for (var k = k0; k < Math.Min(z, k0 + Tile); k++)
                        {
                            to[(i * toStride) + k] = float.CreateTruncating(from[(k * fromStride) + i]);
                        }
                    }
                }
            }
        }
    }
}
