using LabelServer.Bundles.Config;
using LabelServer.Learning.Evaluation;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Calls;

/// <summary>Translates between the messages of an evaluation and the evaluator's types.</summary>
internal static class EvaluateMessages
{
    /// <summary>The evaluator's request.</summary>
    /// <exception cref="ConfigException">An override is no JSON.</exception>
    public static EvaluationRequest ToRequest(EvaluateRequest message) => new()
    {
        Folder = message.BundleFolder,
        ConfigFiles = [.. message.ConfigFiles],
        Overrides = [.. message.Overrides.Select(o => KeyValuePair.Create(o.Id, TrainMessages.Parse(o)))],
        DataFolders = [.. message.DataFolders],
        EvaluatorId = message.EvaluatorId,
        WeightsFile = message.WeightsFile.Length == 0 ? null : message.WeightsFile,
    };

    /// <summary>An event as a message.</summary>
    public static EvaluateEvent ToMessage(EvaluationEvent value) => value switch
    {
        EvaluationEvent.Started started => new() { Started = new EvaluateStarted { Images = started.Images, Device = started.Device, Precision = started.Precision } },
        EvaluationEvent.Windows windows => new() { Windows = new EvaluateWindows { Image = windows.Image, Done = windows.Done, Total = windows.Total } },
        EvaluationEvent.ImageDone done => new() { Image = ToMessage(done) },
        EvaluationEvent.Saved saved => new() { Saved = saved.File },
        EvaluationEvent.Notice notice => new() { Notice = notice.Text },
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.GetType().Name, "No message for this event."),
    };

    /// <summary>The last message of an evaluation.</summary>
    public static EvaluateEvent ToEnd(EvaluationOutcome outcome)
    {
        var ended = new EvaluateEnded { Images = outcome.Images };
        ended.Metrics.AddRange(outcome.Metrics.Select(m => new MetricValue { Name = m.Key, Value = m.Value }));
        return new EvaluateEvent { Ended = ended };
    }

    private static EvaluateImage ToMessage(EvaluationEvent.ImageDone done)
    {
        var message = new EvaluateImage { Image = done.Image, File = done.File, Seconds = done.Elapsed.TotalSeconds };
        foreach (var (name, classes) in done.Scores)
        {
            var scores = new MetricScores { Name = name };
            scores.Classes.AddRange(classes);
            message.Scores.Add(scores);
        }

        return message;
    }
}
