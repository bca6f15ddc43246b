using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Resampling;

/// <summary>Resampling along a field of displacements: each target voxel is shifted by its own vector before it is mapped to the source.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/spatial/array.py (Rand3DElastic, Resample). Golden: transforms/Rand3DElastic_given_*.</remarks>
public static class FieldResampler
{
    /// <summary>Resamples.</summary>
    /// <param name="source">The samples, possibly turned.</param>
    /// <param name="target">The grid to fill.</param>
    /// <param name="displacement">Three channels on the target's grid: the shift along i, j and k in target voxels.</param>
    /// <param name="toSource">From an index of the target, displaced, to an index of the source.</param>
    /// <param name="options">Linear or nearest, and what lies outside.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>A new volume that the caller owns: float for linear, else of the source's type.</returns>
    /// <exception cref="ArgumentException">The interpolation is another, or the displacement is not one vector for each target voxel.</exception>
    public static Volume Resample(VolumeView source, VolumeGrid target, Volume<float> displacement, Affine toSource, ResampleOptions options, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(displacement);
        if (options.Interpolation is not (Interpolation.Linear or Interpolation.Nearest))
        {
            throw new ArgumentException($"A field of displacements is followed with linear or nearest interpolation, not with {options.Interpolation}.", nameof(options));
        }

        if (displacement.Size != target.Size || displacement.Channels != 3)
        {
            throw new ArgumentException($"The displacement has {displacement.Channels} channels of {displacement.Size}; it needs 3 of {target.Size}.", nameof(displacement));
        }

        return source.Stored.Accept<Kernel, Volume>(new Kernel(source, target, displacement, toSource, options, parallel));
    }

    private unsafe delegate TResult Reader<T, TResult>(TrilinearSum reader, T* from, double x, double y, double z)
        where T : unmanaged, INumber<T>;

    private readonly struct Kernel(VolumeView view, VolumeGrid target, Volume<float> displacement, Affine toSource, ResampleOptions options, ParallelOptions parallel) : IVolumeVisitor<Volume>
    {
        public unsafe Volume Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T> =>
            options.Interpolation == Interpolation.Nearest ? Fill<T, T>(volume, Pick) : Fill<T, float>(volume, Sum);

        private static unsafe T Pick<T>(TrilinearSum reader, T* from, double x, double y, double z)
            where T : unmanaged, INumber<T>
        {
            var at = reader.Offset(Math.Round(x, MidpointRounding.ToEven), Math.Round(y, MidpointRounding.ToEven), Math.Round(z, MidpointRounding.ToEven));
            return at < 0 ? T.Zero : from[at];
        }

        private static unsafe float Sum<T>(TrilinearSum reader, T* from, double x, double y, double z)
            where T : unmanaged, INumber<T> => (float)reader.At(from, x, y, z);

        private unsafe Volume<TResult> Fill<T, TResult>(Volume<T> volume, Reader<T, TResult> read)
            where T : unmanaged, INumber<T>
            where TResult : unmanaged, INumber<TResult>
        {
            var result = new Volume<TResult>(target, volume.Channels, clear: false);
            try
            {
                var (sizeI, sizeJ, sizeK) = target.Size;
                var (reader, self) = (new TrilinearSum(view), this);
                T* from = volume.Buffer.Pointer;
                TResult* to = result.Buffer.Pointer;
                var (sourceVoxels, targetVoxels) = (volume.Size.VoxelCount, target.Size.VoxelCount);
                Parallel.For(0, sizeJ * sizeK, parallel, line =>
                {
                    var (k, j) = Math.DivRem(line, sizeJ);
                    for (var i = 0; i < sizeI; i++)
                    {
                        var at = ((long)line * sizeI) + i;
                        var (x, y, z) = self.SourceOf(i, j, k, at, targetVoxels);
                        for (var c = 0; c < volume.Channels; c++)
                        {
                            to[(c * targetVoxels) + at] = read(reader, from + (c * sourceVoxels), x, y, z);
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

        private unsafe (double X, double Y, double Z) SourceOf(int i, int j, int k, long at, long voxels)
        {
            var shift = displacement.Buffer.Pointer + at;
            var (x, y, z) = toSource.Apply(i + shift[0], j + shift[voxels], k + shift[2 * voxels]);
            return (
                Boundary.Apply(x, view.Size.I, options.OutOfBounds, options.AlignCorners),
                Boundary.Apply(y, view.Size.J, options.OutOfBounds, options.AlignCorners),
                Boundary.Apply(z, view.Size.K, options.OutOfBounds, options.AlignCorners));
        }
    }
}
