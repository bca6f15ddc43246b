namespace LabelServer.Inference.SlidingWindow;

/// <summary>The arguments of MONAI's <c>SlidingWindowInferer</c>, with its defaults.</summary>
public sealed record SlidingWindowOptions
{
    /// <summary>Voxels of a window along (x, y, z): one entry for all axes or one for each; 0 or less takes the image's size along that axis.</summary>
    public required IReadOnlyList<int> RoiSize { get; init; }

    /// <summary>Share of a window that the next one covers again: one entry for all axes or one for each, each from 0 up to but not including 1. Default 0.25.</summary>
    public IReadOnlyList<double> Overlap { get; init; } = [0.25];

    /// <summary>Windows that go through the network at a time. Default 1.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Default: constant.</summary>
    public BlendMode Mode { get; init; } = BlendMode.Constant;

    /// <summary>Standard deviation of the Gaussian as a share of the window: one entry for all axes or one for each. Default 0.125.</summary>
    public IReadOnlyList<double> SigmaScale { get; init; } = [0.125];

    /// <summary>Default: constant.</summary>
    public WindowPadding Padding { get; init; } = WindowPadding.Constant;

    /// <summary>The value for <see cref="WindowPadding.Constant"/>. Default 0.</summary>
    public float PadValue { get; init; }

    /// <summary>2 or 3. A 2-D image has one voxel along z.</summary>
    public int SpatialDims { get; init; } = 3;

    /// <summary>One window over the whole image: MONAI's <c>SimpleInferer</c>.</summary>
    public static SlidingWindowOptions WholeImage(int spatialDims) => new() { RoiSize = [-1], SpatialDims = spatialDims };
}
