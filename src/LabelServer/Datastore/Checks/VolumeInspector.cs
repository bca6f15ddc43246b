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
    public async Task<VolumeGrid> ReadGridAsync(Stream content, string subject, CancellationToken cancellationToken) =>
        (await VolumeReader.ReadHeaderAsync(content, subject, Called(subject), cancellationToken)).Grid;

    /// <inheritdoc/>
    public async Task<VolumeGrid> ReadCompletelyAsync(Stream content, string subject, CancellationToken cancellationToken) =>
        (await VolumeReader.CheckAsync(content, subject, Called(subject), cancellationToken)).Grid;

    /// <inheritdoc/>
    public Task<LabelContent> ReadLabelAsync(Stream content, string subject, CancellationToken cancellationToken) =>
        WithVolumeAsync(content, subject, volume => new LabelContent(volume.Header.Grid, ValuesOf(volume.Volume, subject), SegmentNames(volume.Header)), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private static VolumeReadOptions Called(string subject) => new() { Subject = subject };

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
    public static IReadOnlyList<long> ValuesOf(Volume volume, string subject) => volume switch
    {
        Volume<byte> samples => LabelValues.Of(samples.Samples),
        Volume<sbyte> samples => LabelValues.Of(samples.Samples),
        Volume<ushort> samples => LabelValues.Of(samples.Samples),
        Volume<short> samples => LabelValues.Of(samples.Samples),
        Volume<uint> samples => LabelValues.OfWhole<uint>(samples.Samples, subject),
        Volume<int> samples => LabelValues.OfWhole<int>(samples.Samples, subject),
        Volume<ulong> samples => LabelValues.OfWhole<ulong>(samples.Samples, subject),
        Volume<long> samples => LabelValues.OfWhole<long>(samples.Samples, subject),
        Volume<float> samples => LabelValues.OfReal<float>(samples.Samples, subject),
        Volume<double> samples => LabelValues.OfReal<double>(samples.Samples, subject),
        _ => throw new VolumeUnsupportedException($"{subject} holds samples of the type {volume.SampleType}, which no label has."),
    };

    private async Task<T> WithVolumeAsync<T>(Stream content, string subject, Func<LoadedVolume, T> use, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            using var volume = await VolumeReader.LoadAsync(content, subject, Called(subject), cancellationToken);
            return use(volume);
        }
        finally
        {
            _places.Release();
        }
    }
}
