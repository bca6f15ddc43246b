using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LabelServer.Datastore;
using LabelServer.Http;
using LabelServer.Inference;

namespace LabelServer.Proposals;

/// <summary>Keeps the last label map that each model proposed for each image, so that it can be compared with the label that a person makes of it. Bounded; the oldest go first.</summary>
/// <remarks>Losing them loses no label. What is written while the disk is full, or the studies are read-only, is simply not kept.</remarks>
internal sealed partial class ProposalStore(LocalDatastore store, ProposalSettings settings, TimeProvider time, ILogger<ProposalStore> logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _changes;

    /// <summary>How often something was kept since the program began.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Keeps an answer in place of the former one.</summary>
    /// <param name="imageId">The image.</param>
    /// <param name="model">The model.</param>
    /// <param name="weights">The <see cref="Models.WeightsState"/> of each of the model's files when the answer was made.</param>
    /// <param name="answer">The answer; stays the caller's.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task KeepAsync(string imageId, string model, IReadOnlyList<string> weights, InferenceAnswer answer, CancellationToken cancellationToken)
    {
        if (settings.MaxBytes == 0 || !StudiesLayout.IsSegment(model) || store.FindImage(imageId) is not { } image)
            return;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            store.RequireWritable();
            var proposal = new Proposal { ImageId = imageId, Model = model, Extension = answer.ResultExtension, LabelNames = answer.Summary.LabelNames, Time = time.GetUtcNow().ToUnixTimeSeconds(), Weights = weights };
            Directory.CreateDirectory(ProposalFiles.Folder(store.Layout, model));
            Remove(image, model);
            await WriteAsync(ProposalFiles.Labels(store.Layout, model, image, answer.ResultExtension), answer, cancellationToken);
            await WriteAsync(ProposalFiles.Description(store.Layout, model, image), JsonSerializer.SerializeToUtf8Bytes(proposal, RecordJson.Default.Proposal), cancellationToken);
            Interlocked.Increment(ref _changes);
            MakeRoom();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ReadOnlyDatastoreException or DatastoreUnavailableException)
        {
            LogNotKept(model, imageId, error.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Keeps what repeated predictions said, mirrored or with dropout.</summary>
    public async Task KeepAsync(string imageId, string model, bool flips, ImageUncertainty uncertainty, CancellationToken cancellationToken)
    {
        if (!StudiesLayout.IsSegment(model) || store.FindImage(imageId) is not { } image)
            return;
        try
        {
            store.RequireWritable();
            Directory.CreateDirectory(ProposalFiles.Folder(store.Layout, model));
            await WriteAsync(ProposalFiles.Uncertainty(store.Layout, model, image, flips), JsonSerializer.SerializeToUtf8Bytes(uncertainty, RecordJson.Default.ImageUncertainty), cancellationToken);
            Interlocked.Increment(ref _changes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ReadOnlyDatastoreException or DatastoreUnavailableException)
        {
            LogNotKept(model, imageId, error.Message);
        }
    }

    /// <summary>The models of which proposals are kept.</summary>
    public IReadOnlyList<string> Models() => Directory.Exists(store.Layout.Proposals) ? [.. Directory.EnumerateDirectories(store.Layout.Proposals).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)] : [];

    /// <summary>The proposal of a model for an image, or null.</summary>
    public Proposal? Find(ImageEntry image, string model) => Read(ProposalFiles.Description(store.Layout, model, image), RecordJson.Default.Proposal) is { } found && found.ImageId == image.Id ? found : null;

    /// <summary>What repeated predictions of a model, mirrored or with dropout, last said about an image, or null.</summary>
    public ImageUncertainty? FindUncertainty(ImageEntry image, string model, bool flips) => Read(ProposalFiles.Uncertainty(store.Layout, model, image, flips), RecordJson.Default.ImageUncertainty);

    /// <summary>The label map's bytes, or null when they are gone.</summary>
    public async Task<Stream?> OpenAsync(ImageEntry image, Proposal proposal, CancellationToken cancellationToken)
    {
        var path = ProposalFiles.Labels(store.Layout, proposal.Model, image, proposal.Extension);
        if (!File.Exists(path))
            return null;
        await using var file = File.OpenRead(path);
        await using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        var content = new MemoryStream();
        await unpacked.CopyToAsync(content, cancellationToken);
        content.Position = 0;
        return content;
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static T? Read<T>(string path, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), json) : null;
        }
        catch (JsonException)
        {
            // Cut off by a crash: as good as none.
            return null;
        }
    }

    private static async Task WriteAsync(string path, InferenceAnswer answer, CancellationToken cancellationToken)
    {
        await using (var file = File.Create(path + ".part"))
        await using (var packed = new GZipStream(file, CompressionLevel.Fastest))
            await answer.OpenResult().CopyToAsync(packed, cancellationToken);
        File.Move(path + ".part", path, overwrite: true);
    }

    private static async Task WriteAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        await File.WriteAllBytesAsync(path + ".part", bytes, cancellationToken);
        File.Move(path + ".part", path, overwrite: true);
    }

    private void Remove(ImageEntry image, string model)
    {
        if (Find(image, model) is { } former)
            File.Delete(ProposalFiles.Labels(store.Layout, model, image, former.Extension));
    }

    private void MakeRoom()
    {
        var kept = new DirectoryInfo(store.Layout.Proposals).GetFiles("*.gz", SearchOption.AllDirectories).OrderBy(f => f.LastWriteTimeUtc).ToList();
        var bytes = kept.Sum(f => f.Length);
        foreach (var oldest in kept.TakeWhile(_ => bytes > settings.MaxBytes))
        {
            bytes -= oldest.Length;
            oldest.Delete();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What {Model} said about the image '{Id}' was not kept: {Reason}")]
    private partial void LogNotKept(string model, string id, string reason);
}
