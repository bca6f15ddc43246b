using System.Globalization;
using System.Text.Json;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Checkpoints.Writing;

namespace LabelServer.Learning.Training;

/// <summary>The weights of a bundle on disk: the file that is served, and the ones before it.</summary>
/// <remarks>
/// <para>Layout: <c>models/NAME.pt</c> is served; <c>models/history/NAME/VERSION.pt</c> are copies of what was published, each with a <c>VERSION.json</c>; the version is a number that only grows.
/// The served file is always replaced by a rename, so that a reader sees the old or the new one.</para>
/// <para>What was served before the first training is kept as version 0. The last <see cref="Keep"/> versions and version 0 stay.</para>
/// <para>Files open with <c>torch.load(file, weights_only=True)</c> under MONAI's key names.</para>
/// </remarks>
public sealed class BundleWeights : IWeightsSink
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };
    private readonly string _history;
    private readonly TimeProvider _time;

    /// <summary>Creates the view on a bundle's weights.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="file">The served file's name, such as <c>model.pt</c>.</param>
    /// <param name="time">The clock, for the history.</param>
    /// <param name="type">How weights are stored; float16 halves the file.</param>
    public BundleWeights(string folder, string file, TimeProvider time, CheckpointDataType type = CheckpointDataType.Float32)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentNullException.ThrowIfNull(time);
        ServedFile = Path.Combine(folder, "models", file);
        _history = Path.Combine(folder, "models", "history", Path.GetFileNameWithoutExtension(file));
        _time = time;
        StoredType = type;
    }

    /// <summary>The full path of the served file, whether it is there or not.</summary>
    public string ServedFile { get; }

    /// <summary>How weights are stored.</summary>
    public CheckpointDataType StoredType { get; }

    /// <summary>How many published versions are kept. Default 5.</summary>
    public int Keep { get; init; } = 5;

    /// <summary>The served weights, or null when there are none.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public IReadOnlyList<NamedWeights>? ReadServed(CancellationToken cancellationToken) => File.Exists(ServedFile) ? Read(ServedFile, cancellationToken) : null;

    /// <summary>Reads the weights of a checkpoint file.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public static IReadOnlyList<NamedWeights> Read(string path, CancellationToken cancellationToken)
    {
        using var checkpoint = Checkpoint.Read(path, cancellation: cancellationToken);
        return [.. checkpoint.Tensors.Select(t => new NamedWeights(t.Name, t.Shape, t.ToSingles()))];
    }

    /// <inheritdoc/>
    public async Task<string> PublishAsync(IReadOnlyList<NamedWeights> weights, PublishedWeights info, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(info);
        Directory.CreateDirectory(_history);
        KeepOriginal();
        var version = (Versions().Select(v => (int?)v.Version).Max() ?? 0) + 1;
        await CheckpointWriter.WriteAsync(
            PathOf(version),
            [.. weights.Select(w => CheckpointWriteTensor.Of(w.Name, w.Shape, w.Values, StoredType))],
            cancellation: cancellationToken);
        await WriteInfoAsync(new WeightsVersion(version, _time.GetUtcNow(), info), cancellationToken);
        Serve(version);
        Prune();
        return ServedFile;
    }

    /// <summary>The published versions, the newest first.</summary>
    public IReadOnlyList<WeightsVersion> Versions() => !Directory.Exists(_history) ? [] :
    [
        .. Directory.EnumerateFiles(_history, "*.json")
            .Select(f => JsonSerializer.Deserialize<WeightsVersion>(File.ReadAllBytes(f), Json))
            .OfType<WeightsVersion>()
            .Where(v => File.Exists(PathOf(v.Version)))
            .OrderByDescending(v => v.Version),
    ];

    /// <summary>Serves an earlier version again.</summary>
    /// <param name="version">Its number; null: the one before the newest.</param>
    /// <returns>What is served now.</returns>
    /// <exception cref="TrainingException">There is no such version.</exception>
    public WeightsVersion Rollback(int? version = null)
    {
        var versions = Versions();
        var wanted = version is null ? versions.Skip(1).FirstOrDefault() : versions.FirstOrDefault(v => v.Version == version);
        if (wanted is null)
        {
            throw new TrainingException(
                $"There is no version {version?.ToString(CultureInfo.InvariantCulture) ?? "before the newest"} of {Path.GetFileName(ServedFile)}. " +
                (versions.Count == 0 ? "Nothing was published yet." : $"There are: {string.Join(", ", versions.Select(v => v.Version))}."));
        }

        Serve(wanted.Version);
        return wanted;
    }

    private string PathOf(int version) => Path.Combine(_history, version.ToString("D4", CultureInfo.InvariantCulture) + ".pt");

    private string InfoOf(int version) => Path.ChangeExtension(PathOf(version), ".json");

    private void KeepOriginal()
    {
        if (!File.Exists(ServedFile) || Versions().Count > 0)
        {
            return;
        }

        File.Copy(ServedFile, PathOf(0), overwrite: true);
        var original = new WeightsVersion(0, new DateTimeOffset(File.GetLastWriteTimeUtc(ServedFile), TimeSpan.Zero), null);
        File.WriteAllBytes(InfoOf(0), JsonSerializer.SerializeToUtf8Bytes(original, Json));
    }

    private async Task WriteInfoAsync(WeightsVersion version, CancellationToken cancellationToken)
    {
        var temporary = InfoOf(version.Version) + ".tmp";
        await File.WriteAllBytesAsync(temporary, JsonSerializer.SerializeToUtf8Bytes(version, Json), cancellationToken);
        File.Move(temporary, InfoOf(version.Version), overwrite: true);
    }

    private void Serve(int version)
    {
        var temporary = $"{ServedFile}.{Guid.NewGuid():n}.tmp";
        try
        {
            File.Copy(PathOf(version), temporary);
            using (var copy = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite))
            {
                copy.Flush(flushToDisk: true);
            }

            File.Move(temporary, ServedFile, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        // Whoever watches the file's time sees that it changed, also when an older version is served again.
        File.SetLastWriteTimeUtc(ServedFile, _time.GetUtcNow().UtcDateTime);
    }

    private void Prune()
    {
        foreach (var old in Versions().Where(v => v.Version > 0).Skip(Keep))
        {
            File.Delete(PathOf(old.Version));
            File.Delete(InfoOf(old.Version));
        }
    }
}
