using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Testing;

/// <summary>Makes small image files for tests.</summary>
public static class TestImages
{
    /// <summary>Seeded noise over a bright ball, as the bytes of a file.</summary>
    /// <param name="size">Voxels along each axis.</param>
    /// <param name="affine">Voxel to RAS millimetres; 1 mm axis-aligned when null.</param>
    /// <param name="type">The kind of file.</param>
    public static async Task<byte[]> BallAsync(GridSize size, Affine? affine = null, VolumeFileType type = VolumeFileType.NiftiGzip)
    {
        using var volume = new Volume<short>(new VolumeGrid(size, affine ?? Affine.Identity));
        var random = new Random(7);
        for (var k = 0; k < size.K; k++)
        {
            for (var j = 0; j < size.J; j++)
            {
                for (var i = 0; i < size.I; i++)
                {
                    var (x, y, z) = ((2.0 * i / size.I) - 1, (2.0 * j / size.J) - 1, (2.0 * k / size.K) - 1);
                    volume[0, i, j, k] = (short)(((x * x) + (y * y) + (z * z) < 0.5 ? 200 : -100) + random.Next(-50, 50));
                }
            }
        }

        using var bytes = new MemoryStream();
        await VolumeWriter.WriteAsync(volume, bytes, type);
        return bytes.ToArray();
    }
}
