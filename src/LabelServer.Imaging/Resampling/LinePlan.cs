using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Resampling;

/// <summary>In which order a separable kernel walks through a turned volume: always along lines of the stored volume, so that reads are contiguous however the axes are seen.</summary>
/// <remarks>When the target's i is not the line axis, the axis that is contiguous in the target becomes the inner loop, so that writes of neighbouring lines share cache lines.</remarks>
internal readonly struct LinePlan
{
    public LinePlan(VolumeView view, GridSize target)
    {
        Span<int> seen = stackalloc int[3];
        for (var axis = 0; axis < 3; axis++)
        {
            seen[view.Axes.Source(axis)] = axis;
        }

        ReadOnlySpan<long> strides = [1, target.I, (long)target.I * target.J];
        (Line, LineStride) = (seen[0], strides[seen[0]]);
        InnerStored = seen[2] == 0 ? 2 : 1;
        OuterStored = 3 - InnerStored;
        (Inner, Outer) = (seen[InnerStored], seen[OuterStored]);
        (InnerStride, OuterStride) = (strides[Inner], strides[Outer]);
        var stored = view.Stored.Size;
        var plane = (long)stored.I * stored.J;
        InnerStoredStride = InnerStored == 1 ? stored.I : plane;
        OuterStoredStride = OuterStored == 1 ? stored.I : plane;
    }

    /// <summary>The seen axis of a stored line, and of the inner and outer loop.</summary>
    public int Line { get; }

    public int Inner { get; }

    public int Outer { get; }

    /// <summary>Steps in the target's memory, in samples.</summary>
    public long LineStride { get; }

    public long InnerStride { get; }

    public long OuterStride { get; }

    /// <summary>The stored axes (1 or 2) of the inner and outer loop, and their steps in the stored memory.</summary>
    public int InnerStored { get; }

    public int OuterStored { get; }

    public long InnerStoredStride { get; }

    public long OuterStoredStride { get; }
}
