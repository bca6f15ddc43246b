using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LabelServer.Bundles.History;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Learning.Networks;
using LabelServer.Learning.Optimisers;
using LabelServer.Learning.Schedulers;
using static TorchSharp.torch;

namespace LabelServer.Learning.Training;

/// <summary>Trains a network: MONAI's SupervisedTrainer and SupervisedEvaluator in one loop.</summary>
/// <remarks>
/// <para>Steps: 1. data sets and network; 2. a saved run is gone on with; 3. the served weights are validated once; 4. epochs: batches, schedule, validation, publishing; 5. the run is saved
/// after each epoch.</para>
/// <para>Everything that is drawn comes from the seed and the epoch, so a run that went on from its last epoch gives the numbers of one that was never interrupted.</para>
/// <para>For one run at a time. Cancelling takes effect before the next batch or validation window; the last saved epoch stays.</para>
/// </remarks>
public sealed class Trainer
{
    private readonly TrainingPlan _plan;
    private readonly TrainingRun _run;
    private readonly NetworkRegistry _networks;
    private readonly TimeProvider _time;
    private readonly IProgress<TrainingEvent>? _progress;

    /// <summary>Prepares a run.</summary>
    /// <param name="plan">What the bundle asks for.</param>
    /// <param name="run">Data and places.</param>
    /// <param name="networks">The networks that can be built.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told what happens, on the thread of the run; may be null.</param>
    public Trainer(TrainingPlan plan, TrainingRun run, NetworkRegistry networks, TimeProvider time, IProgress<TrainingEvent>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(networks);
        ArgumentNullException.ThrowIfNull(time);
        _plan = plan;
        _run = run;
        _networks = networks;
        _time = time;
        _progress = progress;
    }

    private TrainerSettings Settings => _plan.Settings;

    private bool IsRounded => TorchPrecision.Resolve(Settings.Precision, CPU) == NetworkPrecision.BFloat16;

    /// <summary>Runs to the end, or goes on from the saved epoch.</summary>
    /// <exception cref="TrainingException">The run cannot be done; see its types.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<TrainingOutcome> RunAsync(CancellationToken cancellationToken) => ComputeThread.RunAsync("training", () => BeginAsync(cancellationToken));

    private async Task<TrainingOutcome> BeginAsync(CancellationToken cancellationToken)
    {
        if (_run.Training.Count == 0)
        {
            throw new TrainingDataException($"There is no labelled image to train '{_plan.Bundle}' on. Submit at least one label first.");
        }

        random.manual_seed(Settings.Seed);
        var built = _networks.BuildSegmentation(_plan.Network);
        using var network = new TrainedNetwork(built.Module, IsRounded ? _networks.Build(_plan.Network).Module : null, Settings.Frozen);
        if (_run.StartWeights is { } start)
        {
            Fill(network, start);
        }

        var budget = new MemoryBudget(Settings.CacheBytes);
        using var training = new TrainingDataset(_run.Training, Map(_run.Training, built.OutputChannels), _plan.Deterministic, budget);
        using var validation = new TrainingDataset(_run.Validation, Map(_run.Validation, built.OutputChannels), _plan.Validation, budget);
        using var optimiser = OptimiserFactory.Create(_plan.Optimiser, network.Parameters);
        using var average = Settings.WeightAverageDecay is { } decay ? new WeightAverage(network.Parameters, decay) : null;
        var schedule = _plan.Schedule is null ? ScheduleFactory.Fixed(optimiser.LearningRate) : ScheduleFactory.Create(_plan.Schedule, optimiser.LearningRate);
        var loader = new BatchLoader(training, _plan.Random, new BatchLoaderOptions { BatchSize = Settings.BatchSize, Shuffle = Settings.Shuffle, Seed = Settings.Seed });
        var validator = new Validator(validation, new SlidingWindowInferer(_plan.Windows), built.OutputChannels);
        var session = new TrainingSession(_plan, network, optimiser, average, schedule, loader, _time, _progress);
        return await RunAsync(session, validator, network, built, cancellationToken);
    }

    private async Task<TrainingOutcome> RunAsync(TrainingSession session, Validator validator, TrainedNetwork network, NetworkDescription built, CancellationToken cancellationToken)
    {
        var state = await ResumeAsync(session, cancellationToken);
        _progress?.Report(new TrainingEvent.Started(_run.Training.Count, _run.Validation.Count, state.Epoch + 1, Settings.Epochs, session.BatchesPerEpoch));
        var begun = _time.GetTimestamp();
        if (state.Epoch == 0 && (_run.StartIsServed || _run.Incumbent is not null) && _run.Validation.Count > 0)
        {
            if (await ValidateIncumbentAsync(validator, session, built, cancellationToken) is { } incumbent)
            {
                state = state with { IncumbentMeanDice = incumbent.MeanDice };
                _progress?.Report(new TrainingEvent.Validated(0, incumbent, false, _time.GetElapsedTime(begun)));
            }
        }

        // Also of a run that was interrupted after it had stopped.
        var stoppedEarly = StopsEarly(state);
        var publishedEpoch = -1;
        if (state.Epoch >= Settings.Epochs && _run.Validation.Count > 0)
        {
            // Interrupted, and now to end where it already is: the validation of the last epoch is still to be done.
            await JudgeAsync();
        }

        while (state.Epoch < Settings.Epochs && !stoppedEarly)
        {
            var epoch = state.Epoch + 1;
            var loss = await session.EpochAsync(epoch, cancellationToken);
            state = state with { Epoch = epoch, Losses = [.. state.Losses, loss] };
            _progress?.Report(new TrainingEvent.EpochDone(epoch, loss, _time.GetElapsedTime(begun)));
            if (_run.Validation.Count > 0 && (epoch % Settings.ValidationInterval == 0 || epoch == Settings.Epochs))
            {
                await JudgeAsync();
                stoppedEarly = StopsEarly(state);
            }

            Save(session, state, cancellationToken);
        }

        if (_run.Validation.Count == 0 || (_run.PublishAlways && publishedEpoch != state.Epoch))
        {
            await PublishAsync(session, new(state.Epoch, null, [], _run.Training.Count, _run.Validation.Count), cancellationToken);
        }

        return new(state.Epoch, stoppedEarly, state.BestMeanDice, state.BestEpoch, state.Losses);

        async Task JudgeAsync()
        {
            var result = await ValidateAsync(validator, session.CopyTo, built, cancellationToken);
            state = Judge(state, result, session, out var isBest);
            _progress?.Report(new TrainingEvent.Validated(state.Epoch, result, isBest, _time.GetElapsedTime(begun)));
            if (_run.PublishAlways || (isBest && !(result.MeanDice < state.IncumbentMeanDice)))
            {
                await PublishAsync(session, new(state.Epoch, result.MeanDice, result.DicePerClass, _run.Training.Count, _run.Validation.Count), cancellationToken);
                publishedEpoch = state.Epoch;
                state = state with { IncumbentMeanDice = result.MeanDice };
            }
        }
    }

    private bool StopsEarly(RunState state) => Settings.EarlyStopPatience > 0 && state.WithoutImprovement >= Settings.EarlyStopPatience;

    private static RunState Judge(RunState state, ValidationResult result, TrainingSession session, out bool isBest)
    {
        session.Observe(result.MeanDice);
        isBest = !double.IsNaN(result.MeanDice) && !(result.MeanDice < state.BestMeanDice);
        var improved = !double.IsNaN(result.MeanDice) && !(result.MeanDice <= state.BestMeanDice);
        return state with
        {
            Observed = [.. state.Observed, result.MeanDice],
            BestMeanDice = isBest ? result.MeanDice : state.BestMeanDice,
            BestEpoch = isBest ? state.Epoch : state.BestEpoch,
            WithoutImprovement = improved ? 0 : state.WithoutImprovement + 1,
        };
    }

    /// <summary>Scores what is served; null when it belongs to another network.</summary>
    private async Task<ValidationResult?> ValidateIncumbentAsync(Validator validator, TrainingSession session, NetworkDescription built, CancellationToken cancellationToken)
    {
        try
        {
            return await ValidateAsync(validator, _run.Incumbent is { } served ? module => Fill(module, served) : session.CopyTo, built, cancellationToken);
        }
        catch (NetworkWeightsException error) when (_run.Incumbent is not null)
        {
            _progress?.Report(new TrainingEvent.Notice($"The served weights are not compared with: {error.Message}"));
            return null;
        }
    }

    private async Task<ValidationResult> ValidateAsync(Validator validator, Action<nn.Module> fill, NetworkDescription built, CancellationToken cancellationToken)
    {
        var module = _networks.Build(_plan.Network).Module;
        fill(module);
        var options = new NetworkOptions(IsRounded ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32, "cpu", built.SpatialDims);
        using var network = TorchNetwork.FromModule(module, _plan.Bundle, options, built.InputChannels, built.OutputChannels);
        return await validator.RunAsync(network, cancellationToken);
    }

    private async Task PublishAsync(TrainingSession session, PublishedWeights info, CancellationToken cancellationToken)
    {
        if (_run.Sink is { } sink)
        {
            var file = await sink.PublishAsync(session.ExportWeights(), info, cancellationToken);
            _progress?.Report(new TrainingEvent.Published(info.Epoch, file, info.MeanDice));
        }
    }

    private async Task<RunState> ResumeAsync(TrainingSession session, CancellationToken cancellationToken)
    {
        var fingerprint = Fingerprint();
        if (_run.StateFile is { } file && await RunStateFile.ReadAsync(file, cancellationToken) is { } saved)
        {
            if (saved.State.Fingerprint == fingerprint)
            {
                session.Import(saved.State, saved.Tensors);
                return saved.State;
            }

            _progress?.Report(new TrainingEvent.Notice("A saved run of other data or settings was found; this run begins anew."));
        }

        return new RunState(0, 0, 0, null, 0, 0, null, [], [], fingerprint);
    }

    private void Save(TrainingSession session, RunState state, CancellationToken cancellationToken)
    {
        if (_run.StateFile is { } file)
        {
            using var scope = NewDisposeScope();
            var (steps, averageSteps, tensors) = session.Export();
            RunStateFile.Write(file, state with { Steps = steps, AverageSteps = averageSteps }, tensors, cancellationToken);
        }
    }

    private LabelMapping[] Map(IReadOnlyList<TrainingItem> items, int classes) =>
        [.. items.Select(i => LabelMapping.For(i, _plan.Labels, classes, Settings.PartialLabels))];

    /// <summary>What decides the numbers of a run, but for how long it goes on.</summary>
    private string Fingerprint()
    {
        var planned = Settings.BeforeSaving ?? (BatchSize: Settings.BatchSize, AccumulatedBatches: Settings.AccumulatedBatches);
        var text = new StringBuilder()
            .Append(_plan.Network).Append(_plan.Optimiser).Append(_plan.Schedule)
            .Append(CultureInfo.InvariantCulture, $"|{_run.RunId}|{Settings.Seed}|{planned.BatchSize}|{planned.AccumulatedBatches}|{Settings.GradientNorm}|{IsRounded}|{Settings.WeightAverageDecay}");
        foreach (var item in _run.Training.Concat(_run.Validation))
        {
            text.Append('|').Append(item.Id);
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Fill(nn.Module module, IReadOnlyList<NamedWeights> weights)
    {
        using var scope = NewDisposeScope();
        ModuleWeights.Fill(module, weights.ToDictionary(w => w.Name, w => tensor(w.Values, w.Shape.ToArray())), "the served weights");
    }

    private static void Fill(TrainedNetwork network, IReadOnlyList<NamedWeights> weights)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var state = network.State();
        ModuleWeights.Check(
            state.ToDictionary(t => t.Key, t => t.Value.shape),
            weights.ToDictionary(w => w.Name, w => w.Shape.ToArray()),
            "the weights to start from");
        foreach (var saved in weights)
        {
            state[saved.Name].copy_(tensor(saved.Values, saved.Shape.ToArray()));
        }

        network.Round();
    }
}
