using LabelServer.Worker.Contract;

namespace LabelServer.BundleRuns;

/// <summary>Says in lines what a training does.</summary>
/// <param name="console">Where they go.</param>
/// <param name="names">Channel → name, for the Dice of each class.</param>
internal sealed class TrainingReport(RunConsole console, IReadOnlyDictionary<int, string> names)
{
    private int _epochs;
    private int _batches;

    /// <summary>Tells an event.</summary>
    public void Tell(TrainEvent message)
    {
        switch (message.EventCase)
        {
            case TrainEvent.EventOneofCase.Started:
                (_epochs, _batches) = (message.Started.Epochs, message.Started.BatchesPerEpoch);
                var epochs = message.Started.FirstEpoch > _epochs ? $"all {_epochs} epochs are done already" : $"epochs {message.Started.FirstEpoch} to {_epochs}, {_batches} batches each";
                console.Info($"Training on {message.Started.TrainingImages} images, validating on {message.Started.ValidationImages}; {epochs}");
                break;
            case TrainEvent.EventOneofCase.Batch:
                var batch = message.Batch;
                console.Debug($"Epoch {batch.Epoch}/{_epochs}, batch {batch.Batch}/{_batches}: train_loss {batch.Loss:0.0000}, learning rate {batch.LearningRate:0.######}, {batch.Seconds:0.00} s, of which {batch.WaitingSeconds:0.00} s waiting for data");
                break;
            case TrainEvent.EventOneofCase.Epoch:
                console.Info($"Epoch {message.Epoch.Epoch}/{_epochs}: train_loss {message.Epoch.Loss:0.0000} after {message.Epoch.ElapsedSeconds:0.0} s, memory {message.ResidentBytes >> 20} MiB");
                break;
            case TrainEvent.EventOneofCase.Validation:
                Tell(message.Validation);
                break;
            case TrainEvent.EventOneofCase.Published:
                console.Info($"Epoch {message.Published.Epoch}: weights saved to {message.Published.File}");
                break;
            case TrainEvent.EventOneofCase.Notice:
                console.Write(LogLevel.Warning, message.Notice);
                break;
            case TrainEvent.EventOneofCase.Ended:
                var ended = message.Ended;
                console.Info($"{(ended.StoppedEarly ? "Stopped early" : "Done")} after epoch {ended.Epochs}{(ended.HasBestMeanDice ? FormattableString.Invariant($"; best val_mean_dice {ended.BestMeanDice:0.0000} at epoch {ended.BestEpoch}") : string.Empty)}");
                break;
        }
    }

    private void Tell(TrainValidation validation)
    {
        console.Info($"Epoch {validation.Epoch}/{_epochs}: val_mean_dice {validation.MeanDice:0.0000}{(validation.IsBest ? ", the best so far" : string.Empty)}");
        for (var c = 0; c < validation.ClassDice.Count; c++)
        {
            console.Debug($"  {names.GetValueOrDefault(c + 1, "class " + (c + 1))}: {validation.ClassDice[c]:0.0000}");
        }
    }
}
