using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>A step that re-orders or reverses axes always alike. Nothing is copied: the item is seen turned.</summary>
public abstract class AxisTransform : KeyedTransform, IInvertibleTransform
{
    private readonly string _name;

    /// <summary>Creates the step.</summary>
    protected AxisTransform(TransformKeys keys, string name, AxisMap map)
        : base(keys)
    {
        _name = name;
        Map = map;
    }

    /// <summary>What is done to the axes.</summary>
    public AxisMap Map { get; }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        var before = item.View;
        var after = Map.Apply(before.Grid);
        item.Replace(new VolumeView(before.Stored, before.Axes.Then(Map), after));
        item.Record(new AxisOperation(_name, before.Grid, after, Map));
    }
}
