using LabelServer.Imaging;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Datastore.Checks;

/// <summary>Looks into NIfTI and NRRD files. At most two are held in memory at once.</summary>
internal sealed class VolumeInspector : IVolumeInspector, IDisposable
{
    private readonly SemaphoreSlim _places = new(2, 2);

    /// <inheritdoc/>
    public async Task<VolumeGrid> ReadGridAsync(Stream content, string name, CancellationToken cancellationToken) =>
        (await VolumeReader.ReadHeaderAsync(content, name, cancellationToken: cancellationToken)).Grid;

    /// <inheritdoc/>
    public async Task<VolumeGrid> ReadCompletelyAsync(Stream content, string name, CancellationToken cancellationToken) =>
        (await VolumeReader.CheckAsync(content, name, cancellationToken: cancellationToken)).Grid;

    /// <inheritdoc/>
    public Task<LabelContent> ReadLabelAsync(Stream content, string name, CancellationToken cancellationToken) =>
        WithVolumeAsync(content, name, volume => new LabelContent(volume.Header.Grid, ValuesOf(volume.Volume, name), SegmentNames(volume.Header)), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private static Dictionary<int, string>? SegmentNames(VolumeHeader header)
    {
        // In a file of several layers one value has several meanings.
        if (header.Segments.Count == 0 || header.Channels > 1)
        {
            return null;
        }

        var names = new Dictionary<int, string>();
        foreach (var segment in header.Segments)
        {
            names[segment.LabelValue] = segment.Name;
        }

        return names;
    }

    /// <summary>The values other than 0 of a label, ascending.</summary>
    /// <exception cref="ImagingException">They are no whole numbers.</exception>
    public static IReadOnlyList<long> ValuesOf(Volume volume, string name) => volume switch
    {
        Volume<byte> samples => LabelValues.Of(samples.Samples),
        Volume<sbyte> samples => LabelValues.Of(samples.Samples),
        Volume<ushort> samples => LabelValues.Of(samples.Samples),
        Volume<short> samples => LabelValues.Of(samples.Samples),
        Volume<uint> samples => LabelValues.OfWhole<uint>(samples.Samples, name),
        Volume<int> samples => LabelValues.OfWhole<int>(samples.Samples, name),
        Volume<ulong> samples => LabelValues.OfWhole<ulong>(samples.Samples, name),
        Volume<long> samples => LabelValues.OfWhole<long>(samples.Samples, name),
        Volume<float> samples => LabelValues.OfReal<float>(samples.Samples, name),
        Volume<double> samples => LabelValues.OfReal<double>(samples.Samples, name),
        _ => throw new VolumeUnsupportedException($"{name} holds samples of the type {volume.SampleType}, which no label has."),
    };

    private async Task<T> WithVolumeAsync<T>(Stream content, string name, Func<LoadedVolume, T> use, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            using var volume = await VolumeReader.LoadAsync(content, name, cancellationToken: cancellationToken);
            return use(volume);
        }
        finally
        {
            _places.Release();
        }
    }
}
