using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Cuts windows out of an image, with padding where it ends, and turns them to the order that networks read: z fastest.</summary>
internal sealed class WindowCutter
{
    private const int Outside = -1;
    private const int Tile = 16;
    private readonly Volume<float> _image;
    private readonly WindowPlan _plan;
    private readonly int[][] _sources;

    /// <summary>Prepares the way from padded positions to voxels of the image.</summary>
    public WindowCutter(Volume<float> image, WindowPlan plan)
    {
        _image = image;
        _plan = plan;
        _sources = [.. plan.Axes.Select(a => Sources(a, plan.Options.Padding))];
    }

    /// <summary>Writes a window, [C, X, Y, Z] with z fastest.</summary>
    public unsafe void Cut(WindowIndex window, Span<float> target, ParallelOptions parallel)
    {
        var roi = _plan.Roi;
        var (startX, startY, startZ) = (_plan.Axes[0].Starts[window.X], _plan.Axes[1].Starts[window.Y], _plan.Axes[2].Starts[window.Z]);
        var channels = _image.Channels;
        fixed (float* pinned = target)
        {
            var to = (nint)pinned;
            Parallel.For(0, channels * roi.J, parallel, task =>
            {
                var (channel, y) = Math.DivRem(task, roi.J);
                var plane = (float*)to + ((long)channel * roi.VoxelCount) + ((long)y * roi.K);
                var j = _sources[1][startY + y];
                for (var x = 0; x < roi.I; x += Tile)
                {
                    for (var z = 0; z < roi.K; z += Tile)
                    {
                        CutTile(channel, startX, startZ, j, x, Math.Min(x + Tile, roi.I), z, Math.Min(z + Tile, roi.K), plane);
                    }
                }
            });
        }
    }

    private static int[] Sources(WindowAxis axis, WindowPadding padding)
    {
        var sources = new int[axis.PaddedSize];
        for (var position = 0; position < sources.Length; position++)
        {
            var index = position - axis.PadLow;
            sources[position] = index >= 0 && index < axis.Size ? index : padding switch
            {
                WindowPadding.Reflect => index < 0 ? -index : (2 * (axis.Size - 1)) - index,
                WindowPadding.Replicate => Math.Clamp(index, 0, axis.Size - 1),
                WindowPadding.Circular => (index + axis.Size) % axis.Size,
                _ => Outside,
            };
        }

        return sources;
    }

    private unsafe void CutTile(int channel, int startX, int startZ, int j, int xFrom, int xTo, int zFrom, int zTo, float* plane)
    {
        var size = _image.Size;
        var roi = _plan.Roi;
        var samples = _image.Buffer.Pointer;
        var (sourceX, sourceZ) = (_sources[0], _sources[2]);
        for (var z = zFrom; z < zTo; z++)
        {
            var k = sourceZ[startZ + z];
            var row = samples + (((((long)channel * size.K) + k) * size.J) + j) * size.I;
            for (var x = xFrom; x < xTo; x++)
            {
                var i = sourceX[startX + x];
                plane[((long)x * roi.J * roi.K) + z] = (i | j | k) < 0 ? _plan.Options.PadValue : row[i];
            }
        }
    }
}
