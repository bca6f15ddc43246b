using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.Transforms;

/// <summary>One named item of a <see cref="Sample"/>: a volume, where it came from, and which spatial changes were made to it. Owns the volume.</summary>
/// <remarks>
/// The volume may be held turned: <see cref="View"/> is what later steps see. A step that can read a view does so; all others ask <see cref="GetVolume"/>, which
/// copies once. Replacing the volume disposes the old one at once, so that a chain never holds two steps' results longer than the step runs. Not thread-safe.
/// </remarks>
public sealed class SampleItem : IDisposable
{
    private readonly List<SpatialOperation> _trace = [];
    private VolumeView? _view;

    internal SampleItem(string name, ItemSource source, Volume? volume)
    {
        Name = name;
        Source = source;
        _view = volume is null ? null : new VolumeView(volume);
    }

    /// <summary>The item's key in the sample, such as <c>image</c>.</summary>
    public string Name { get; }

    /// <summary>Where the item came from.</summary>
    public ItemSource Source { get; private set; }

    /// <summary>False while the item is only a path that no <c>LoadImaged</c> has read yet.</summary>
    public bool IsLoaded => _view is not null;

    /// <summary>The volume as later steps see it.</summary>
    /// <exception cref="TransformException">Nothing is loaded yet.</exception>
    public VolumeView View => _view ?? throw new TransformException($"'{Name}' ({Source.Name}) is not loaded: the chain needs LoadImaged before this step.");

    /// <summary>The current grid.</summary>
    public VolumeGrid Grid => View.Grid;

    /// <summary>The current number of channels.</summary>
    public int Channels => View.Stored.Channels;

    /// <summary>The spatial changes made so far, oldest first.</summary>
    public IReadOnlyList<SpatialOperation> Trace => _trace;

    /// <summary>The volume with its memory in the order of its axes; copies when it is held turned. Still owned by this item.</summary>
    public Volume GetVolume(TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var view = View;
        if (!view.IsStored)
        {
            Replace(AxisReorder.Copy(view, context.Parallel));
        }

        return View.Stored;
    }

    /// <summary>The volume as float32 with its memory in the order of its axes; converts in place of the current one when needed. Still owned by this item.</summary>
    public Volume<float> GetFloat(TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (View.Stored is not Volume<float> || !View.IsStored)
        {
            Replace(SampleConversion.ToFloat(View, context.Parallel));
        }

        return (Volume<float>)View.Stored;
    }

    /// <summary>Takes the volume out of the item, which is then not loaded; the caller disposes it.</summary>
    public Volume Detach(TransformContext context)
    {
        var volume = GetVolume(context);
        _view = null;
        return volume;
    }

    /// <summary>Puts another volume in place of the current one, which is disposed (unless it is the same). The item owns the new one.</summary>
    public void Replace(Volume volume) => Replace(new VolumeView(volume));

    /// <summary>Puts another view in place of the current one; the stored volume is disposed unless the new view shows it. The item owns the new one.</summary>
    public void Replace(VolumeView view)
    {
        ArgumentNullException.ThrowIfNull(view.Stored, nameof(view));
        if (_view is { } old && !ReferenceEquals(old.Stored, view.Stored))
        {
            old.Stored.Dispose();
        }

        _view = view;
    }

    /// <summary>Adds a spatial change to the trace.</summary>
    public void Record(SpatialOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        _trace.Add(operation);
    }

    /// <summary>Gives the item the volume that was read from its file.</summary>
    public void SetLoaded(Volume volume, ItemSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Replace(volume);
        Source = source;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.Stored.Dispose();
        _view = null;
    }

    internal void CopyTraceFrom(SampleItem other)
    {
        _trace.Clear();
        _trace.AddRange(other._trace);
    }

    internal void ClearTrace() => _trace.Clear();
}
