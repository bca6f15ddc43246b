using System.Globalization;
using LabelServer.Worker.Contract;

namespace LabelServer.Training;

/// <summary>Follows a training by its worker's events: keeps its standing and says in lines what a person wants to know.</summary>
/// <remarks>Called by one thread at a time.</remarks>
internal sealed class TrainingProgress
{
    private readonly IReadOnlyDictionary<int, string> _classes;
    private readonly Action<string> _log;
    private readonly Action<TrainingStatus, TrainEvent.EventOneofCase> _changed;
    private readonly TimeProvider _time;
    private readonly double _before;
    private readonly long _begun;
    private long _pace;
    private int _paceFrom;

    /// <summary>Begins to follow.</summary>
    /// <param name="status">The standing so far.</param>
    /// <param name="classes">The network's channels by number, without the background.</param>
    /// <param name="log">Takes lines for people.</param>
    /// <param name="changed">Told the standing after each event, and which kind of event it was.</param>
    /// <param name="time">The clock.</param>
    public TrainingProgress(TrainingStatus status, IReadOnlyDictionary<int, string> classes, Action<string> log, Action<TrainingStatus, TrainEvent.EventOneofCase> changed, TimeProvider time)
    {
        (Status, _classes, _log, _changed, _time) = (status, classes, log, changed, time);
        _before = status.Elapsed;
        _begun = time.GetTimestamp();
    }

    /// <summary>Where the training stands.</summary>
    public TrainingStatus Status { get; private set; }

    /// <summary>Takes an event.</summary>
    public void OnEvent(TrainEvent message)
    {
        var status = Status with { MemoryBytes = message.ResidentBytes, Elapsed = Elapsed() };
        Status = message.EventCase switch
        {
            TrainEvent.EventOneofCase.Started => OnStarted(status, message.Started),
            TrainEvent.EventOneofCase.Batch => OnBatch(status, message.Batch),
            TrainEvent.EventOneofCase.Epoch => OnEpoch(status, message.Epoch),
            TrainEvent.EventOneofCase.Validation => OnValidation(status, message.Validation),
            TrainEvent.EventOneofCase.Published => OnPublished(status, message.Published),
            TrainEvent.EventOneofCase.Notice => OnNotice(status, message.Notice),
            TrainEvent.EventOneofCase.Ended => OnEnded(status, message.Ended),
            _ => status,
        };
        _changed(Status, message.EventCase);
    }

    /// <summary>The training is over, in whatever way.</summary>
    public void End()
    {
        Status = Status with { HasEnded = true, SecondsLeft = null, Elapsed = Elapsed() };
        _changed(Status, TrainEvent.EventOneofCase.Ended);
    }

    private double Elapsed() => _before + _time.GetElapsedTime(_begun).TotalSeconds;

    private TrainingStatus OnStarted(TrainingStatus status, TrainStarted started)
    {
        _pace = _time.GetTimestamp();
        _paceFrom = (started.FirstEpoch - 1) * started.BatchesPerEpoch;
        Say($"Epochs {started.FirstEpoch} to {started.Epochs} of {started.BatchesPerEpoch} batches; {started.TrainingImages} images to train on, {started.ValidationImages} to validate on.");
        return status with
        {
            Epoch = started.FirstEpoch - 1,
            Epochs = started.Epochs,
            Batch = 0,
            Batches = started.BatchesPerEpoch,
            TrainingImages = started.TrainingImages,
            ValidationImages = started.ValidationImages,
        };
    }

    private TrainingStatus OnBatch(TrainingStatus status, TrainBatch batch)
    {
        var done = ((batch.Epoch - 1) * status.Batches) + batch.Batch;
        var left = (status.Epochs * status.Batches) - done;
        return status with
        {
            Epoch = batch.Epoch - 1,
            Batch = batch.Batch,
            Loss = batch.Loss,
            LearningRate = batch.LearningRate,
            SecondsLeft = done > _paceFrom ? _time.GetElapsedTime(_pace).TotalSeconds / (done - _paceFrom) * left : null,
        };
    }

    private TrainingStatus OnEpoch(TrainingStatus status, TrainEpoch epoch)
    {
        Say($"Epoch {epoch.Epoch} of {status.Epochs}: loss {epoch.Loss:0.0000}, {TrainStats.Clock(status.Elapsed)} so far.");
        var isLowest = !(epoch.Loss >= status.LowestLoss);
        return status with
        {
            Epoch = epoch.Epoch,
            Batch = 0,
            Loss = epoch.Loss,
            LowestLoss = isLowest ? epoch.Loss : status.LowestLoss,
            LowestLossEpoch = isLowest ? epoch.Epoch : status.LowestLossEpoch,
        };
    }

    private TrainingStatus OnValidation(TrainingStatus status, TrainValidation validation)
    {
        double? mean = double.IsFinite(validation.MeanDice) ? validation.MeanDice : null;
        List<KeyValuePair<string, double>> classes = [.. validation.ClassDice
            .Select((dice, index) => KeyValuePair.Create(_classes.GetValueOrDefault(index + 1) ?? $"class {index + 1}", dice))
            .Where(c => double.IsFinite(c.Value))];
        var text = mean is null ? "no class of the model is in the validation images"
            : string.Create(CultureInfo.InvariantCulture, $"mean Dice {mean:0.0000}") + (classes.Count is > 0 and <= 12 ? $" ({string.Join(", ", classes.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:0.000}")))})" : string.Empty);
        Say(validation.Epoch == 0 ? $"The served weights: {text}." : $"Validation of epoch {validation.Epoch}: {text}{(validation.IsBest ? ", the best so far" : string.Empty)}.");
        status = status with { MeanDice = mean, ClassDice = classes };
        return validation.Epoch == 0 ? status with { IncumbentDice = mean }
            : validation.IsBest ? status with { BestDice = mean, BestEpoch = validation.Epoch }
            : status;
    }

    private TrainingStatus OnPublished(TrainingStatus status, TrainPublished published)
    {
        double? dice = published.HasMeanDice && double.IsFinite(published.MeanDice) ? published.MeanDice : null;
        Say($"The weights of epoch {published.Epoch} are served from now on ({(dice is { } known ? string.Create(CultureInfo.InvariantCulture, $"mean Dice {known:0.0000}") : "not validated")}).");
        return status with { PublishedEpoch = published.Epoch, PublishedDice = dice };
    }

    private TrainingStatus OnNotice(TrainingStatus status, string text)
    {
        _log(text);
        return status;
    }

    private TrainingStatus OnEnded(TrainingStatus status, TrainEnded ended)
    {
        if (ended.StoppedEarly)
            Say($"Stopped early after epoch {ended.Epochs}: validation no longer got better than in epoch {ended.BestEpoch}.");
        if (status.PublishedEpoch == 0)
            Say($"No epoch was as good as the served weights, which stay.");
        return status with { Epoch = ended.Epochs, SecondsLeft = null };
    }

    private void Say(FormattableString line) => _log(FormattableString.Invariant(line));

    private void Say(string line) => _log(line);
}
