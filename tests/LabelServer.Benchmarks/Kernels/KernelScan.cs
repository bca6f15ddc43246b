using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Phantoms;

namespace LabelServer.Benchmarks.Kernels;

/// <summary>The scan that the kernels work on: a phantom of the size of a small CT, in the direction in which scanners write.</summary>
internal static class KernelScan
{
    /// <summary>256×256×200 voxels of 1.5×1.5×1.5 mm, its axes to the left, the back and up.</summary>
    public static VolumeGrid Grid { get; } = new(new GridSize(256, 256, 200), new Affine(-1.5, 0, 0, 190, 0, -1.5, 0, 190, 0, 0, 1.5, -150));

    /// <summary>The same scan each time.</summary>
    public static CtPhantom Create() => CtPhantom.Generate(5, new CtPhantomOptions { Grid = Grid });
}
