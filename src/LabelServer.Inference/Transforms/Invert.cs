using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Resampling;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Inference.Transforms;

/// <summary>Takes an item (a prediction) back to the grid that another item (the image) had before its spatial steps (MONAI's <c>Invertd</c>).</summary>
/// <remarks>Source: MONAI monai/transforms/post/dictionary.py (Invertd). The trace of the original key is walked backwards, each step with the forward's mode or, with
/// <c>nearest_interp</c>, by nearest neighbour. The bundle's <c>transform</c> argument is not needed: the trace says what was done.</remarks>
public sealed class Invert : KeyedTransform
{
    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items to take back.</param>
    /// <param name="originalKeys">For each key, the item whose trace is undone.</param>
    /// <param name="nearestInterpolation">For each key, whether every step is undone by nearest neighbour.</param>
    public Invert(TransformKeys keys, PerKey<string> originalKeys, PerKey<bool> nearestInterpolation)
        : base(keys)
    {
        OriginalKeys = originalKeys;
        NearestInterpolation = nearestInterpolation;
    }

    /// <summary>For each key, the item whose trace is undone.</summary>
    public PerKey<string> OriginalKeys { get; }

    /// <summary>For each key, whether every step is undone by nearest neighbour (MONAI's <c>nearest_interp</c>, true by default).</summary>
    public PerKey<bool> NearestInterpolation { get; }

    /// <inheritdoc/>
    public override void Apply(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var (item, index) in Keys.In(sample))
        {
            var original = sample[OriginalKeys[index]];
            item.Replace(Undo(item.View, original.Trace, NearestInterpolation[index] ? Interpolation.Nearest : null, context.Parallel));
            item.ClearTrace();
        }
    }

    /// <summary>Walks a trace backwards over a volume.</summary>
    /// <param name="view">A volume on the grid after the last operation; never disposed here.</param>
    /// <param name="trace">The operations, oldest first.</param>
    /// <param name="interpolation">What to use in place of each operation's own mode, or null.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <returns>A view whose stored volume is new (the caller owns it), or the given one when nothing but axes changed. Volumes between are freed at once.</returns>
    /// <exception cref="TransformException">The volume has another size than the trace ends with.</exception>
    public static VolumeView Undo(VolumeView view, IReadOnlyList<SpatialOperation> trace, Interpolation? interpolation, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(view.Stored, nameof(view));
        var given = view.Stored;
        var current = view;
        try
        {
            for (var index = trace.Count - 1; index >= 0; index--)
            {
                var operation = trace[index];
                if (current.Size != operation.After.Size)
                {
                    throw new TransformException(
                        $"Undoing {operation.Transform} needs a volume of {operation.After.Size} voxels, but it has {current.Size}: it was changed since by a step that cannot be undone.");
                }

                // A resampling that followed turns of the axes goes back to the unturned grid at once, without a volume between.
                AxisOperation[] turns = operation is GridOperation ? TurnsBefore(trace, index) : [];
                var next = operation is GridOperation grid && turns.Length > 0
                    ? grid.InvertTurned(current, turns, interpolation, parallel)
                    : operation.Invert(current, interpolation, parallel);
                index -= turns.Length;
                if (!ReferenceEquals(next.Stored, current.Stored) && !ReferenceEquals(current.Stored, given))
                {
                    current.Stored.Dispose();
                }

                current = next;
            }

            return current;
        }
        catch
        {
            if (!ReferenceEquals(current.Stored, given))
            {
                current.Stored.Dispose();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context) =>
        throw new NotSupportedException("Invert needs the whole sample.");

    private static AxisOperation[] TurnsBefore(IReadOnlyList<SpatialOperation> trace, int index)
    {
        var first = index;
        while (first > 0 && trace[first - 1] is AxisOperation)
        {
            first--;
        }

        return [.. trace.Skip(first).Take(index - first).Cast<AxisOperation>()];
    }

    internal static Invert Create(TransformArguments arguments)
    {
        arguments.Ignore("transform", "meta_keys", "orig_meta_keys", "meta_key_postfix", "to_tensor", "device", "support_nested", "post_func");
        if (arguments.Has("post_func"))
        {
            arguments.Problem("post_func", "functions of a bundle are never run; remove it");
        }

        var originals = arguments.GetPerKey("orig_keys", ArgumentKinds.OrNull(ArgumentKinds.Text), null);
        var names = arguments.Keys.Names ?? [];
        return new Invert(
            arguments.Keys,
            names.Count == 0 ? new PerKey<string>("image") : new PerKey<string>(names.Select((name, index) => originals[index] ?? name)),
            arguments.GetPerKey("nearest_interp", ArgumentKinds.Boolean, true));
    }
}
