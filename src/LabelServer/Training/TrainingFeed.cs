using System.Text.Json.Nodes;
using LabelServer.Live;
using LabelServer.Worker.Contract;

namespace LabelServer.Training;

/// <summary>Tells the live hub where the training stands. Batches that follow each other quickly are told a few times a second.</summary>
internal sealed class TrainingFeed(LiveFeed live, TimeProvider time)
{
    /// <summary>The name of the messages.</summary>
    public const string Method = "training";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private long _last;

    /// <summary>Tells.</summary>
    /// <param name="status">Where it stands.</param>
    /// <param name="cause">What has just happened.</param>
    public void Tell(TrainingStatus status, TrainEvent.EventOneofCase cause)
    {
        if (cause == TrainEvent.EventOneofCase.Batch && time.GetElapsedTime(_last) < Interval)
            return;
        _last = time.GetTimestamp();
        live.Send(Method, ToJson(status, cause), keep: true);
    }

    /// <summary>The message.</summary>
    public static JsonObject ToJson(TrainingStatus status, TrainEvent.EventOneofCase cause) => new()
    {
        ["event"] = status.HasEnded ? "ended" : cause == TrainEvent.EventOneofCase.None ? "submitted" : cause.ToString().ToLowerInvariant(),
        ["job"] = status.JobId,
        ["model"] = status.Model,
        ["epoch"] = status.Epoch,
        ["epochs"] = status.Epochs,
        ["batch"] = status.Batch,
        ["batches"] = status.Batches,
        ["loss"] = status.Loss,
        ["learning_rate"] = status.LearningRate,
        ["mean_dice"] = status.MeanDice,
        ["dice"] = new JsonObject(status.ClassDice.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))),
        ["incumbent_dice"] = status.IncumbentDice,
        ["best_dice"] = status.BestDice,
        ["best_epoch"] = status.BestEpoch,
        ["published_epoch"] = status.PublishedEpoch,
        ["memory_bytes"] = status.MemoryBytes,
        ["seconds"] = Math.Round(status.Elapsed, 1),
        ["seconds_left"] = status.SecondsLeft is { } left ? Math.Round(left, 1) : null,
        ["training_images"] = status.TrainingImages,
        ["validation_images"] = status.ValidationImages,
    };
}
