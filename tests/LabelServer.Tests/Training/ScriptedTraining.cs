using System.Threading.Channels;
using LabelServer.Training;
using LabelServer.Worker.Contract;

namespace LabelServer.Tests.Training;

/// <summary>Trains nothing: each call does what the next step of the script says.</summary>
internal sealed class ScriptedTraining : ITrainingWorker
{
    private readonly Queue<Func<TrainRequest, Action<TrainEvent>, CancellationToken, Task>> _script = new();
    private readonly Channel<bool> _called = Channel.CreateUnbounded<bool>();

    public List<TrainRequest> Requests { get; } = [];

    /// <summary>What a call without a step of its own does: one epoch, validated and published.</summary>
    public static Task OneEpochAsync(TrainRequest request, Action<TrainEvent> tell, CancellationToken cancellationToken)
    {
        tell(new TrainEvent { Started = new TrainStarted { TrainingImages = request.Training.Items.Count, ValidationImages = request.Validation?.Items.Count ?? 0, FirstEpoch = 1, Epochs = request.Settings.Epochs, BatchesPerEpoch = 1 } });
        tell(new TrainEvent { Batch = new TrainBatch { Epoch = 1, Batch = 1, Loss = 0.5, LearningRate = 0.01 } });
        tell(new TrainEvent { Epoch = new TrainEpoch { Epoch = 1, Loss = 0.5, ElapsedSeconds = 1 } });
        var validation = new TrainValidation { Epoch = 1, MeanDice = 0.75, IsBest = true };
        validation.ClassDice.AddRange([0.7, 0.8]);
        tell(new TrainEvent { Validation = validation });
        tell(new TrainEvent { Published = new TrainPublished { Epoch = 1, File = "model.pt", MeanDice = 0.75 } });
        tell(new TrainEvent { Ended = new TrainEnded { Epochs = 1, BestEpoch = 1, BestMeanDice = 0.75 } });
        return Task.CompletedTask;
    }

    public static Task ForeverAsync(TrainRequest request, Action<TrainEvent> tell, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

    public void Then(Func<TrainRequest, Action<TrainEvent>, CancellationToken, Task> step) => _script.Enqueue(step);

    public Task CalledAsync() => _called.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

    public async Task TrainAsync(TrainRequest request, string? gpus, Action<TrainEvent> onEvent, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        _called.Writer.TryWrite(true);
        await (_script.TryDequeue(out var step) ? step : OneEpochAsync)(request, onEvent, cancellationToken);
    }
}
