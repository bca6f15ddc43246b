using LabelServer.Datastore;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Tests.Doubles;

/// <summary>A data store in memory, for tests of what stands on it. Labels that are saved are kept with their bytes; what no test needs throws.</summary>
internal sealed class MemoryDatastore(string folder) : IDatastore
{
    private readonly Dictionary<string, ImageEntry> _images = new(StringComparer.Ordinal);

    public List<(LabelUpload Upload, byte[] Bytes)> SavedLabels { get; } = [];

    public string IncomingFolder => folder;

    public DatastoreStatistics Statistics => new(_images.Count, _images.Values.Count(i => i.IsLabeled), [new("final", 2), new("original", 1)]);

    public void Add(string id, string extension, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(id), bytes);
        _images[id] = new ImageEntry { Id = id, Extension = extension };
    }

    public IReadOnlyList<string> ImageIds(ImageSelection selection = ImageSelection.All) => [.. _images.Keys.Order(StringComparer.Ordinal)];

    public ImageEntry? FindImage(string imageId) => _images.GetValueOrDefault(imageId);

    public DatastoreSnapshot Snapshot() => new("test", "test", [.. _images.Values]);

    public StoredFile OpenImage(string imageId)
    {
        var image = FindImage(imageId) ?? throw new ImageNotFoundException($"There is no image '{imageId}'.");
        return new StoredFile(File.OpenRead(PathOf(imageId)), image.FileName, image.FileName, PathOf(imageId), DateTimeOffset.UnixEpoch);
    }

    public async Task<ReceivedFile> ReceiveAsync(Stream content, string? fileName, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        await using var file = File.Create(path);
        await content.CopyToAsync(file, cancellationToken);
        return new ReceivedFile(path, fileName, file.Length, File.Delete);
    }

    public Task<LabelEntry> SaveLabelAsync(LabelUpload upload, CancellationToken cancellationToken)
    {
        SavedLabels.Add((upload, File.ReadAllBytes(upload.Content.TemporaryPath)));
        return Task.FromResult(new LabelEntry { Tag = upload.Tag, Extension = ".nrrd", Info = upload.Info });
    }

    public StoredFile OpenLabel(string imageId, string tag) => throw new NotSupportedException();

    public Task<VolumeGrid> ReadGridAsync(string imageId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> ChecksumAsync(string imageId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> AddImageAsync(ImageUpload upload, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemoveImageAsync(string imageId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> RemoveLabelAsync(string imageId, string tag, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UpdateImageInfoAsync(string imageId, InfoDocument changes, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UpdateImageInfoAsync(string imageId, Func<InfoDocument, InfoDocument> change, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UpdateLabelInfoAsync(string imageId, string tag, InfoDocument changes, CancellationToken cancellationToken) => throw new NotSupportedException();

    private string PathOf(string id) => Path.Combine(folder, Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(id)));
}
