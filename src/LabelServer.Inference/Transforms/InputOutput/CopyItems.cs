using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.InputOutput;

/// <summary>Copies items under other names, with their traces (MONAI's <c>CopyItemsd</c>).</summary>
public sealed class CopyItems : ITransform
{
    private readonly TransformKeys _keys;
    private readonly IReadOnlyList<string> _names;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="names">The copies' names: as many as items for each round of copying.</param>
    public CopyItems(TransformKeys keys, IReadOnlyList<string> names)
    {
        _keys = keys;
        _names = names;
    }

    /// <inheritdoc/>
    public void Apply(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(context);
        var items = _keys.In(sample);
        for (var round = 0; round < _names.Count / Math.Max(items.Count, 1); round++)
        {
            foreach (var (item, index) in items)
            {
                var name = _names[(round * items.Count) + index];
                if (sample.TryGet(name, out _))
                {
                    throw new TransformException($"'{name}' is there already; CopyItems never overwrites.");
                }

                var copy = sample.Add(name, AxisReorder.Copy(item.View, context.Parallel), item.Source);
                copy.CopyTraceFrom(item);
            }
        }
    }

    internal static CopyItems Create(TransformArguments arguments)
    {
        var names = arguments.Require("names", ArgumentKinds.Texts, []);
        var times = arguments.Get("times", ArgumentKinds.Integer, 1);
        var count = arguments.Keys.Names?.Count ?? 0;
        if (count == 0 || names.Count != count * times)
        {
            arguments.Problem("names", $"has {names.Count} names for {times} copies of {count} items");
        }

        return new CopyItems(arguments.Keys, names);
    }
}
