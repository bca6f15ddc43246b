using LabelServer.Datastore;
using LabelServer.Datastore.Checks;
using LabelServer.Datastore.Disk;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Doubles;

/// <summary>A real store in a folder of its own, with a clock that stands.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private LocalDatastore? _store;

    public TestStore(Action<DatastoreOptions>? change = null)
    {
        Options = new DatastoreOptions { StudiesFolder = System.IO.Path.Combine(_folder.Path, "studies") };
        Directory.CreateDirectory(Path);
        change?.Invoke(Options);
    }

    public DatastoreOptions Options { get; }

    public ManualTime Time { get; } = new();

    public LabelMaps Models { get; } = new();

    /// <summary>The studies folder.</summary>
    public string Path => Options.StudiesFolder;

    /// <summary>The folder around the studies folder.</summary>
    public string Outside => _folder.Path;

    public IStoreDisk? Disk { get; set; }

    /// <summary>The store; opened when it is first asked for.</summary>
    public LocalDatastore Store => _store ??= LocalDatastore.Open(Options, new VolumeInspector(), Models, Time, NullLogger.Instance, Disk);

    public string FileAt(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void WriteFile(byte[] bytes, params string[] parts)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(FileAt(parts))!);
        File.WriteAllBytes(FileAt(parts), bytes);
    }

    /// <summary>Closes the store in order and opens it again.</summary>
    public LocalDatastore Reopen()
    {
        _store?.Dispose();
        _store = null;
        return Store;
    }

    /// <summary>Leaves the store as a killed process does: what is open is closed, nothing is written.</summary>
    public void Abandon()
    {
        _store?.Abandon();
        _store = null;
    }

    public async Task<string> AddImageAsync(string? id, byte[]? bytes = null, string fileName = "upload.nii.gz", string? info = null)
    {
        using var received = await Store.ReceiveAsync(new MemoryStream(bytes ?? NiftiBytes.Image()), fileName, default);
        return await Store.AddImageAsync(new ImageUpload(received) { ImageId = id, Info = InfoDocument.Parse(info, "test"), User = "admin" }, default);
    }

    public async Task<LabelEntry> SaveLabelAsync(string id, byte[]? bytes = null, string fileName = "tmp1.nii.gz", string tag = "final", string? info = null)
    {
        using var received = await Store.ReceiveAsync(new MemoryStream(bytes ?? NiftiBytes.Label(1, 2)), fileName, default);
        return await Store.SaveLabelAsync(new LabelUpload(id, received) { Tag = tag, Info = InfoDocument.Parse(info, "test") }, default);
    }

    public async Task<byte[]> ImageBytesAsync(string id)
    {
        await using var file = Store.OpenImage(id);
        return await ReadAsync(file);
    }

    public async Task<byte[]> LabelBytesAsync(string id, string tag = "final")
    {
        await using var file = Store.OpenLabel(id, tag);
        return await ReadAsync(file);
    }

    public void Dispose()
    {
        _store?.Dispose();
        _folder.Dispose();
    }

    private static async Task<byte[]> ReadAsync(StoredFile file)
    {
        using var bytes = new MemoryStream();
        await file.Content.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>The label maps of models that exist only here.</summary>
    internal sealed class LabelMaps : Dictionary<string, IReadOnlyDictionary<int, string>>, IModelLabelMaps
    {
        public IReadOnlyDictionary<int, string>? FindLabelMap(string model) => this.GetValueOrDefault(model);
    }
}
