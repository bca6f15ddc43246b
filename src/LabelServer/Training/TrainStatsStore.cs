using System.Collections.Concurrent;
using System.Text.Json;
using LabelServer.Http;

namespace LabelServer.Training;

/// <summary>The standing of each model's last training, kept beside its weights so that it outlives the server: <c>models/history/last_training.json</c> in the bundle.</summary>
/// <remarks>Answers come from memory after the first look. Safe for concurrent use.</remarks>
internal sealed partial class TrainStatsStore(ILogger<TrainStatsStore> logger)
{
    private readonly ConcurrentDictionary<string, TrainingStatus?> _known = new(StringComparer.Ordinal);

    /// <summary>The last training of a bundle, or null when it was never trained here.</summary>
    public TrainingStatus? Find(string bundleFolder) => _known.GetOrAdd(bundleFolder, Read);

    /// <summary>Replaces the standing in memory.</summary>
    public void Set(string bundleFolder, TrainingStatus status) => _known[bundleFolder] = status;

    /// <summary>Writes what is in memory to disk, whole or not at all. A disk that cannot be written costs no training.</summary>
    public void Save(string bundleFolder)
    {
        if (Find(bundleFolder) is not { } status)
            return;
        var path = PathOf(bundleFolder);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(status, RecordJson.Default.TrainingStatus));
            File.Move(path + ".tmp", path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(path, error.Message);
        }
    }

    private static string PathOf(string bundleFolder) => Path.Combine(bundleFolder, "models", "history", "last_training.json");

    private TrainingStatus? Read(string bundleFolder)
    {
        var path = PathOf(bundleFolder);
        try
        {
            // A training that the server's end interrupted counts as ended until it goes on; clients would wait for it.
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordJson.Default.TrainingStatus) is { } status ? status with { HasEnded = true } : null : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            LogNotRead(path, error.Message);
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The training statistics {Path} could not be written: {Reason}")]
    private partial void LogNotSaved(string path, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The training statistics {Path} can not be read and are begun anew: {Reason}")]
    private partial void LogNotRead(string path, string reason);
}
