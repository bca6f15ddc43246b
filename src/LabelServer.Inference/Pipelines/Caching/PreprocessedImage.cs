using LabelServer.Bundles.Config;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Pipelines.Caching;

/// <summary>An image as the network sees it, with what the inverse needs. Owns the volume.</summary>
internal sealed class PreprocessedImage : IDisposable
{
    private readonly Volume _volume;
    private readonly ItemSource _source;
    private readonly SpatialOperation[] _trace;
    private readonly KeyValuePair<string, ConfigValue>[] _values;

    private PreprocessedImage(Volume volume, ItemSource source, SpatialOperation[] trace, KeyValuePair<string, ConfigValue>[] values) =>
        (_volume, _source, _trace, _values) = (volume, source, trace, values);

    /// <summary>Bytes of memory that the samples take.</summary>
    public long Bytes => _volume.Size.VoxelCount * _volume.Channels * SampleTypes.SizeOf(_volume.SampleType);

    /// <summary>Takes the image out of a sample that is not needed any more; null when it is no single volume as the network saw it.</summary>
    /// <param name="sample">The sample, whose image is not loaded afterwards.</param>
    /// <param name="key">The item that is the image.</param>
    /// <param name="seen">The volume that the network saw.</param>
    /// <param name="context">For the item's accessors.</param>
    public static PreprocessedImage? TakeFrom(Sample sample, string key, Volume seen, TransformContext context)
    {
        if (!sample.TryGet(key, out var item) || !item.IsLoaded || !ReferenceEquals(item.View.Stored, seen) || !item.View.IsStored)
        {
            return null;
        }

        var (source, trace) = (item.Source, item.Trace.ToArray());
        return new(item.Detach(context), source, trace, [.. sample.Values]);
    }

    /// <summary>Puts the image into a sample, which owns the volume from then on.</summary>
    /// <param name="sample">An empty sample.</param>
    /// <param name="key">The item that is the image.</param>
    /// <param name="name">What the image is called this time.</param>
    public void MoveTo(Sample sample, string key, string name)
    {
        var item = sample.Add(key, _volume, _source with { Name = name });
        foreach (var operation in _trace)
        {
            item.Record(operation);
        }

        foreach (var (value, content) in _values)
        {
            sample.SetValue(value, content);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _volume.Dispose();
}
