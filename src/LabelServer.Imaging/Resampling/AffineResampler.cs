using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Resampling;

/// <summary>Resampling where the axes of both grids are not parallel: every target voxel is mapped and interpolated alone.</summary>
internal static class AffineResampler
{
    public static Volume Resample(VolumeView source, VolumeGrid target, GridMapping mapping, ResampleOptions options, ParallelOptions parallel) =>
        source.Stored.Accept<Kernel, Volume>(new Kernel(source, target, mapping, options, parallel));

    private readonly struct Kernel(VolumeView view, VolumeGrid target, GridMapping mapping, ResampleOptions options, ParallelOptions parallel) : IVolumeVisitor<Volume>
    {
        public Volume Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T> =>
            options.Interpolation == Interpolation.Nearest ? Nearest(volume) : Linear(volume);

        private unsafe Volume<T> Nearest<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var result = new Volume<T>(target, volume.Channels, clear: false);
            try
            {
                var (sizeI, sizeJ, sizeK) = target.Size;
                var (reader, map, self) = (new TrilinearSum(view), mapping, this);
                T* from = volume.Buffer.Pointer, to = result.Buffer.Pointer;
                var (sourceVoxels, targetVoxels) = (volume.Size.VoxelCount, target.Size.VoxelCount);
                Parallel.For(0, sizeJ * sizeK, parallel, line =>
                {
                    var (k, j) = Math.DivRem(line, sizeJ);
                    for (var i = 0; i < sizeI; i++)
                    {
                        var (x, y, z) = self.SourceOf(i, j, k);
                        var at = reader.Offset(Math.Round(x, MidpointRounding.ToEven), Math.Round(y, MidpointRounding.ToEven), Math.Round(z, MidpointRounding.ToEven));
                        var write = ((long)line * sizeI) + i;
                        for (var c = 0; c < volume.Channels; c++)
                        {
                            to[(c * targetVoxels) + write] = at < 0 ? T.Zero : from[(c * sourceVoxels) + at];
                        }
                    }
                });
                return result;
            }
            catch
            {
                result.Dispose();
                throw;
            }
        }

        private unsafe Volume<float> Linear<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var result = new Volume<float>(target, volume.Channels, clear: false);
            try
            {
                var (sizeI, sizeJ, sizeK) = target.Size;
                var (reader, self) = (new TrilinearSum(view), this);
                T* from = volume.Buffer.Pointer;
                float* to = result.Buffer.Pointer;
                var (sourceVoxels, targetVoxels) = (volume.Size.VoxelCount, target.Size.VoxelCount);
                Parallel.For(0, sizeJ * sizeK, parallel, line =>
                {
                    var (k, j) = Math.DivRem(line, sizeJ);
                    for (var i = 0; i < sizeI; i++)
                    {
                        var (x, y, z) = self.SourceOf(i, j, k);
                        for (var c = 0; c < volume.Channels; c++)
                        {
                            to[(c * targetVoxels) + ((long)line * sizeI) + i] = (float)reader.At(from + (c * sourceVoxels), x, y, z);
                        }
                    }
                });
                return result;
            }
            catch
            {
                result.Dispose();
                throw;
            }
        }

        private (double X, double Y, double Z) SourceOf(int i, int j, int k) => (
            Boundary.Apply(mapping.Position(0, i, j, k), view.Size.I, options.OutOfBounds, options.AlignCorners),
            Boundary.Apply(mapping.Position(1, i, j, k), view.Size.J, options.OutOfBounds, options.AlignCorners),
            Boundary.Apply(mapping.Position(2, i, j, k), view.Size.K, options.OutOfBounds, options.AlignCorners));
    }
}
