using LabelServer.Learning.Losses;
using LabelServer.Learning.Losses.Fused;
using LabelServer.Learning.Networks;
using LabelServer.Learning.Optimisers;
using LabelServer.Learning.Schedulers;
using static TorchSharp.torch;

namespace LabelServer.Learning.Training;

/// <summary>The moving parts of a run: network, optimiser, mean of weights and schedule, and the loop over the batches of an epoch. Owns none of them.</summary>
internal sealed class TrainingSession(
    TrainingPlan plan,
    TrainedNetwork network,
    Optimiser optimiser,
    WeightAverage? average,
    ILearningRateSchedule schedule,
    BatchLoader loader,
    TimeProvider time,
    IProgress<TrainingEvent>? progress)
{
    private readonly MarginalLoss _loss = new(plan.Loss);
    private readonly HeadLoss? _fused = HeadLoss.For(plan.Loss);

    /// <summary>Batches in an epoch.</summary>
    public int BatchesPerEpoch => loader.BatchesPerEpoch;

    private TrainerSettings Settings => plan.Settings;

    /// <summary>Trains one epoch.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="cancellationToken">Looked at before each batch.</param>
    /// <returns>The mean loss of its batches.</returns>
    /// <exception cref="TrainingException">The loss is no longer a number.</exception>
    public async Task<double> EpochAsync(int epoch, CancellationToken cancellationToken)
    {
        // Dropout draws from torch's own source: begin it anew for each epoch, so that an epoch does not depend on those before.
        random.manual_seed(RandomSeeds.Mix(Settings.Seed, epoch, -2));
        var (sum, done) = (0.0, 0);
        var waitingSince = time.GetTimestamp();
        await foreach (var batch in loader.EpochAsync(epoch, cancellationToken))
        {
            using (batch)
            {
                var waited = time.GetElapsedTime(waitingSince);
                cancellationToken.ThrowIfCancellationRequested();
                var loss = Pass(batch, epoch, done + 1);
                done++;
                sum += loss;
                if (done % Settings.AccumulatedBatches == 0 || done == BatchesPerEpoch)
                {
                    Step(epoch);
                }

                progress?.Report(new TrainingEvent.BatchDone(epoch, done, loss, optimiser.LearningRate, time.GetElapsedTime(waitingSince), waited));
                waitingSince = time.GetTimestamp();
            }
        }

        return sum / done;
    }

    /// <summary>Tells the schedule a validation result.</summary>
    public void Observe(double metric) => schedule.Observe(metric);

    /// <summary>Copies the weights that are validated and published into a module.</summary>
    public void CopyTo(nn.Module module)
    {
        using var scope = NewDisposeScope();
        ModuleWeights.Fill(module, PublishedState(), plan.Bundle);
    }

    /// <summary>The weights that are validated and published.</summary>
    public IReadOnlyList<NamedWeights> ExportWeights()
    {
        using var scope = NewDisposeScope();
        return [.. PublishedState().Select(t => new NamedWeights(t.Key, t.Value.shape, Optimiser.Values(t.Value)))];
    }

    /// <summary>All values that the run needs to go on. The tensors are the run's own: read them before the next step.</summary>
    public (long Steps, long AverageSteps, IReadOnlyDictionary<string, Tensor> Tensors) Export()
    {
        var tensors = network.State().ToDictionary(t => "weight." + t.Key, t => t.Value, StringComparer.Ordinal);
        foreach (var (name, mean) in average?.Mean ?? new Dictionary<string, Tensor>())
        {
            tensors["average." + name] = mean;
        }

        foreach (var (slot, values) in optimiser.Slots)
        {
            foreach (var (name, remembered) in values)
            {
                tensors[$"slot.{slot}.{name}"] = remembered;
            }
        }

        return (optimiser.Steps, average?.Steps ?? 0, tensors);
    }

    /// <summary>Goes on from saved values.</summary>
    /// <exception cref="TrainingStateException">They do not fit the network.</exception>
    public void Import(RunState state, IReadOnlyDictionary<string, float[]> tensors)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var (name, weight) in network.State())
        {
            if (!tensors.TryGetValue("weight." + name, out var saved) || saved.Length != weight.numel())
            {
                throw new TrainingStateException($"The saved run does not hold '{name}' as this network needs it. Remove it to begin anew.");
            }

            weight.copy_(tensor(saved, weight.shape));
        }

        network.Round();
        average?.Import(Strip(tensors, "average."), state.AverageSteps);
        var slots = tensors.Keys.Where(k => k.StartsWith("slot.", StringComparison.Ordinal)).Select(k => k.Split('.', 3)[1]).Distinct(StringComparer.Ordinal);
        optimiser.ImportState(new OptimiserState(state.Steps, slots.ToDictionary(s => s, s => (IReadOnlyDictionary<string, float[]>)Strip(tensors, $"slot.{s}."), StringComparer.Ordinal)));
        foreach (var metric in state.Observed)
        {
            schedule.Observe(metric);
        }
    }

    private static Dictionary<string, float[]> Strip(IReadOnlyDictionary<string, float[]> tensors, string prefix) => tensors
        .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal);

    /// <summary>Forward and backward; gradients are added to those that are there.</summary>
    private double Pass(TrainingBatch batch, int epoch, int number)
    {
        using var scope = NewDisposeScope();
        var loss = network.Loss(batch, _loss, _fused);
        var value = (double)loss.item<float>();
        if (!double.IsFinite(value))
        {
            throw new TrainingException(
                $"The loss of epoch {epoch}, batch {number} ({string.Join(", ", batch.Ids)}) is {value}. Lower the learning rate or set gradient_clip_norm; the last saved epoch is kept.");
        }

        (Settings.AccumulatedBatches > 1 ? loss / Settings.AccumulatedBatches : loss).backward();
        network.CollectGradients();
        return value;
    }

    private void Step(int epoch)
    {
        optimiser.LearningRate = schedule.RateAt(Settings.ScheduleByEpoch ? epoch - 1 : checked((int)optimiser.Steps));
        if (Settings.GradientNorm is { } limit)
        {
            network.ClipGradients(limit);
        }

        optimiser.Step();
        optimiser.ClearGradients();
        network.Round();
        average?.Update(network.Parameters);
    }

    private Dictionary<string, Tensor> PublishedState()
    {
        var state = network.State().ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal);
        foreach (var (name, mean) in average?.Mean ?? new Dictionary<string, Tensor>())
        {
            state[name] = mean;
        }

        return state;
    }
}
