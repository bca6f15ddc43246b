using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>Cuts out a given box (MONAI's <c>SpatialCropd</c>); what lies outside the image is left away.</summary>
public sealed class SpatialCrop : BoxTransform
{
    private readonly int[] _start;
    private readonly int[] _end;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="start">The first index of the box along i, j, k; negative counts as 0.</param>
    /// <param name="end">The index after the last; missing axes stay whole.</param>
    public SpatialCrop(TransformKeys keys, IReadOnlyList<int> start, IReadOnlyList<int> end)
        : base(keys, "SpatialCrop", new PerKey<PadMode>(PadMode.Constant), 0)
    {
        _start = [.. start];
        _end = [.. end];
    }

    /// <inheritdoc/>
    protected override ((int I, int J, int K) Start, GridSize Size) BoxFor(GridSize image)
    {
        (int Start, int Size) Axis(int axis)
        {
            if (axis >= _start.Length)
            {
                return (0, image[axis]);
            }

            var start = Math.Min(Math.Max(_start[axis], 0), image[axis]);
            return (start, Math.Max(Math.Min(_end[axis], image[axis]) - start, 0));
        }

        var (i, j, k) = (Axis(0), Axis(1), Axis(2));
        return ((i.Start, j.Start, k.Start), new GridSize(i.Size, j.Size, k.Size));
    }

    internal static SpatialCrop Create(TransformArguments arguments)
    {
        var some = ArgumentKinds.OrNull(ArgumentKinds.Integers);
        var (centre, size) = (arguments.Get("roi_center", some, null), arguments.Get("roi_size", some, null));
        var (start, end) = (arguments.Get("roi_start", some, null), arguments.Get("roi_end", some, null));
        if (arguments.Has("roi_slices"))
        {
            arguments.Problem("roi_slices", "is not supported; write roi_start and roi_end");
        }

        if (centre is not null && size is not null)
        {
            int SizeAt(int axis) => size[size.Count == 1 ? 0 : Math.Min(axis, size.Count - 1)];
            start = [.. centre.Select((c, axis) => Math.Max(c - (int)Math.Floor(SizeAt(axis) / 2.0), 0))];
            end = [.. start.Select((s, axis) => Math.Max(s + SizeAt(axis), s))];
        }
        else if (start is null || end is null || start.Count != end.Count || start.Count > 3)
        {
            arguments.Problem(null, "expected roi_center and roi_size, or roi_start and roi_end of equal length");
            (start, end) = ([], []);
        }

        return new SpatialCrop(arguments.Keys, start, end);
    }
}
