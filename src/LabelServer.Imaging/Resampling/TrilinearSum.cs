using System.Numerics;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Resampling;

/// <summary>Reads a view between its voxels, in double and in torch's order of products and sums; what lies outside counts as 0.</summary>
/// <remarks>Source: PyTorch aten/src/ATen/native/GridSampler.cpp (grid_sampler_3d_cpu). torch's x is our k, its z our i.</remarks>
internal readonly struct TrilinearSum(VolumeView view)
{
    private readonly GridSize _size = view.Size;
    private readonly long _origin = view.Origin();
    private readonly long _strideI = view.Stride(0);
    private readonly long _strideJ = view.Stride(1);
    private readonly long _strideK = view.Stride(2);

    /// <summary>Where a voxel lies in the memory of a channel, in samples, or -1 outside.</summary>
    public long Offset(double i, double j, double k) =>
        i >= 0 && i < _size.I && j >= 0 && j < _size.J && k >= 0 && k < _size.K ? _origin + ((long)i * _strideI) + ((long)j * _strideJ) + ((long)k * _strideK) : -1;

    /// <summary>The value at a continuous index.</summary>
    /// <param name="channel">The first sample of the channel.</param>
    /// <param name="i">Index along i.</param>
    /// <param name="j">Index along j.</param>
    /// <param name="k">Index along k.</param>
    public unsafe double At<T>(T* channel, double i, double j, double k)
        where T : unmanaged, INumber<T>
    {
        double i0 = Math.Floor(i), j0 = Math.Floor(j), k0 = Math.Floor(k), sum = 0;
        for (var corner = 0; corner < 8; corner++)
        {
            double ci = i0 + (corner >> 2), cj = j0 + ((corner >> 1) & 1), ck = k0 + (corner & 1);
            var at = Offset(ci, cj, ck);
            if (at < 0)
            {
                continue;
            }

            var weight = (ck > k0 ? k - k0 : k0 + 1 - k) * (cj > j0 ? j - j0 : j0 + 1 - j) * (ci > i0 ? i - i0 : i0 + 1 - i);
            sum += double.CreateTruncating(channel[at]) * weight;
        }

        return sum;
    }
}
