using LabelServer.Imaging.Cropping;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>A step that cuts out a box or adds voxels around, where the box follows from the item's size.</summary>
public abstract class BoxTransform : KeyedTransform, IInvertibleTransform
{
    private readonly string _name;
    private readonly PerKey<PadMode> _mode;
    private readonly double _fill;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="name">The step's name in the trace.</param>
    /// <param name="mode">For each key what stands in added voxels.</param>
    /// <param name="fill">The value of constant padding.</param>
    protected BoxTransform(TransformKeys keys, string name, PerKey<PadMode> mode, double fill)
        : base(keys)
    {
        _name = name;
        _mode = mode;
        _fill = fill;
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        var (start, size) = BoxFor(item.Grid.Size);
        Cut(item, _name, start, size, _mode[index], _fill, context);
    }

    /// <summary>The box for an image: the old index of its first voxel (negative where voxels are added) and its size.</summary>
    protected abstract ((int I, int J, int K) Start, GridSize Size) BoxFor(GridSize image);

    internal static void Cut(SampleItem item, string name, (int I, int J, int K) start, GridSize size, PadMode mode, double fill, TransformContext context)
    {
        var before = item.Grid;
        var after = Box.GridOf(before, start, size);
        if (start != (0, 0, 0) || size != before.Size)
        {
            item.Replace(Box.Extract(item.View, after, start, mode, fill, context.Parallel));
        }

        item.Record(new BoxOperation(name, before, after, start));
    }
}
