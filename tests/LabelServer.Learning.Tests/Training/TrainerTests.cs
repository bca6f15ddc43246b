using LabelServer.Bundles.History;
using LabelServer.Inference.Networks;
using LabelServer.Learning.Networks;
using LabelServer.Learning.Training;

namespace LabelServer.Learning.Tests.Training;

[Collection(GlobalRandomCollection.Name)]
public sealed class TrainerTests : IDisposable
{
    private static readonly TrainerSettings Quick = new() { Epochs = 6, BatchSize = 2, Seed = 3, WeightAverageDecay = 0.9 };
    private readonly string _folder = Directory.CreateTempSubdirectory("labelserver-training-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_EasyTask_LearnsIt(bool bfloat16)
    {
        var settings = Quick with { Epochs = 12, Precision = bfloat16 ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32, GradientNorm = 5 };
        var outcome = await Run(settings, new() { Training = SphereTask.Items(0, 16), Validation = SphereTask.Items(100, 4) });

        Assert.True(outcome.Losses[^1] < 0.6 * outcome.Losses[0], $"{outcome.Losses[0]} to {outcome.Losses[^1]}");
        Assert.True(outcome.BestMeanDice > 0.8, $"{outcome.BestMeanDice}");
    }

    [Fact]
    public async Task RunAsync_InterruptedAndResumed_GivesTheSameNumbers()
    {
        var events = new List<TrainingEvent>();
        var whole = await Run(Quick, Resumable("whole"), events);
        var interrupted = new List<TrainingEvent>();
        using (var cancel = new CancellationTokenSource())
        {
            // In the middle of the fourth epoch.
            var stop = new Collect(e =>
            {
                interrupted.Add(e);
                if (e is TrainingEvent.BatchDone { Epoch: 4, Batch: 2 })
                {
                    cancel.Cancel();
                }
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Trainer(Quick, Resumable("parts"), stop).RunAsync(cancel.Token));
        }

        var resumed = new List<TrainingEvent>();
        var outcome = await Run(Quick, Resumable("parts"), resumed);

        Assert.Equal(whole.Losses, outcome.Losses);
        Assert.Equal(whole.BestMeanDice, outcome.BestMeanDice);
        Assert.Equal(4, Assert.IsType<TrainingEvent.Started>(resumed[0]).FirstEpoch);
        Assert.Equal(Batches(events, 4, 6), Batches(resumed, 4, 6));
        Assert.Equal(Batches(events, 1, 3), Batches(interrupted, 1, 3));
    }

    [Fact]
    public async Task RunAsync_ResumedWhereItIsToEnd_ValidatesAndPublishes()
    {
        var settings = Quick with { ValidationInterval = 10 };
        using var cancel = new CancellationTokenSource();
        var stop = new Collect(e =>
        {
            if (e is TrainingEvent.BatchDone { Epoch: 3, Batch: 1 })
            {
                cancel.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Trainer(settings, Resumable("shortened"), stop).RunAsync(cancel.Token));
        var sink = new Sink();

        var outcome = await Run(settings with { Epochs = 2 }, Resumable("shortened") with { Sink = sink });

        Assert.Equal((2, 2), (outcome.Epochs, outcome.BestEpoch));
        Assert.Equal(2, Assert.Single(sink.Published).Info.Epoch);
    }

    [Fact]
    public async Task RunAsync_SavedRunOfOtherData_BeginsAnew()
    {
        await Run(Quick with { Epochs = 1 }, Resumable("other"));
        var events = new List<TrainingEvent>();

        await Run(Quick with { Epochs = 1 }, Resumable("other") with { Training = SphereTask.Items(50, 4) }, events);

        Assert.Equal("A saved run of other data or settings was found; this run begins anew.", events.OfType<TrainingEvent.Notice>().Single().Text);
        Assert.Equal(1, events.OfType<TrainingEvent.Started>().Single().FirstEpoch);
    }

    [Fact]
    public async Task RunAsync_DamagedSavedRun_SaysSo()
    {
        var run = Resumable("damaged");
        await File.WriteAllTextAsync(run.StateFile!, "no run", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<TrainingStateException>(() => Run(Quick, run));

        Assert.StartsWith("The saved run 'damaged.run' is damaged:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_WorseThanServed_IsNotPublished()
    {
        var good = new Sink();
        await Run(Quick with { Epochs = 10 }, new() { Training = SphereTask.Items(0, 16), Validation = SphereTask.Items(100, 3), Sink = good });
        var events = new List<TrainingEvent>();
        var sink = new Sink();

        // So high a rate ruins the weights.
        var plan = SphereTask.Plan(Quick with { Epochs = 1, WeightAverageDecay = null }, SphereTask.Augmentation());
        plan = plan with { Schedule = null, Optimiser = plan.Optimiser with { Arguments = [new("lr", new Bundles.Config.ConfigValue.Real(1))] } };
        var run = new TrainingRun
        {
            Training = SphereTask.Items(0, 4),
            Validation = SphereTask.Items(100, 3),
            StartWeights = good.Published[^1].Weights,
            StartIsServed = true,
            Sink = sink,
        };
        await new Trainer(plan, run, NetworkRegistry.CreateDefault(), TimeProvider.System, new Collect(events.Add)).RunAsync(TestContext.Current.CancellationToken);
        var always = await PublishedBy(plan, run with { PublishAlways = true });

        Assert.Empty(sink.Published);
        var served = events.OfType<TrainingEvent.Validated>().First();
        Assert.Equal(0, served.Epoch);
        Assert.Equal(good.Published[^1].Info.MeanDice!.Value, served.Result.MeanDice, 1e-9);
        Assert.Single(always);
    }

    [Fact]
    public async Task RunAsync_WithoutValidation_PublishesAtTheEndAsNotValidated()
    {
        var sink = new Sink();

        await Run(Quick with { Epochs = 2 }, new() { Training = SphereTask.Items(0, 2), Sink = sink });

        var (_, info) = Assert.Single(sink.Published);
        Assert.Equal((2, null), (info.Epoch, info.MeanDice));
    }

    [Fact]
    public async Task RunAsync_FrozenWeights_StayAsTheyAre()
    {
        var first = new Sink();
        await Run(Quick with { Epochs = 1 }, new() { Training = SphereTask.Items(0, 2), Sink = first });
        var sink = new Sink();
        var settings = Quick with { Epochs = 1, Frozen = ["down_layers.*", "convInit.*"], WeightAverageDecay = null };

        await Run(settings, new() { Training = SphereTask.Items(0, 2), Sink = sink, StartWeights = first.Published[0].Weights });

        foreach (var (before, after) in first.Published[0].Weights.Zip(sink.Published[0].Weights))
        {
            var frozen = before.Name.StartsWith("down_layers.", StringComparison.Ordinal) || before.Name.StartsWith("convInit.", StringComparison.Ordinal);
            Assert.Equal(frozen, before.Values.SequenceEqual(after.Values));
        }
    }

    [Fact]
    public async Task RunAsync_EarlyStop_EndsWhenNothingImproves()
    {
        var plan = SphereTask.Plan(Quick with { Epochs = 50, EarlyStopPatience = 2, WeightAverageDecay = null });
        plan = plan with { Optimiser = plan.Optimiser with { Arguments = [new("lr", new Bundles.Config.ConfigValue.Real(0))] } };
        var run = new TrainingRun { Training = SphereTask.Items(0, 2), Validation = SphereTask.Items(100, 1), StateFile = Path.Combine(_folder, "early.run") };

        // The second time as after an interruption at the end.
        for (var time = 1; time <= 2; time++)
        {
            var outcome = await new Trainer(plan, run, NetworkRegistry.CreateDefault(), TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);

            Assert.True(outcome.StoppedEarly);
            Assert.Equal(3, outcome.Epochs);
        }
    }

    [Fact]
    public async Task RunAsync_MemoryTooSmallForTheCache_GivesTheSameNumbers()
    {
        var run = new TrainingRun { Training = SphereTask.Items(0, 4) };

        var cached = await Run(Quick with { Epochs = 2 }, run);
        var plain = await Run(Quick with { Epochs = 2, CacheBytes = 0 }, run);

        Assert.Equal(cached.Losses, plain.Losses);
    }

    [Fact]
    public async Task RunAsync_UnknownName_IsRefusedBeforeTheFirstEpoch()
    {
        var events = new List<TrainingEvent>();
        var items = SphereTask.Items(0, 2, new Dictionary<int, string> { [1] = "bright", [2] = "gloomy" });

        var error = await Assert.ThrowsAsync<TrainingDataException>(() => Run(Quick, new() { Training = items }, events));

        Assert.Equal("The label of 'case 0' names 'gloomy', which the bundle does not have. Its names are: bright, dark.", error.Message);
        Assert.Empty(events);
    }

    [Fact]
    public async Task RunAsync_ValueWithoutName_IsRefused()
    {
        var items = SphereTask.Items(0, 2, new Dictionary<int, string> { [1] = "bright" });

        var error = await Assert.ThrowsAsync<TrainingDataException>(() => Run(Quick, new() { Training = items }));

        Assert.Contains("holds the value 2, which has no name.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NamesInAnotherOrder_AreMatchedByName()
    {
        var sink = new Sink();
        var swapped = new Dictionary<int, string> { [1] = "dark", [2] = "bright" };
        await Run(Quick with { Epochs = 10 }, new() { Training = SphereTask.Items(0, 16, swapped), Sink = sink });
        var plan = SphereTask.Plan(Quick with { Epochs = 1 });
        plan = plan with { Optimiser = plan.Optimiser with { Arguments = [new("lr", new Bundles.Config.ConfigValue.Real(0))] }, Schedule = null };

        async Task<double> Score(IReadOnlyDictionary<int, string>? names)
        {
            var run = new TrainingRun { Training = SphereTask.Items(0, 1), Validation = SphereTask.Items(100, 3, names), StartWeights = sink.Published[0].Weights };
            return (await new Trainer(plan, run, NetworkRegistry.CreateDefault(), TimeProvider.System).RunAsync(TestContext.Current.CancellationToken)).BestMeanDice!.Value;
        }

        Assert.True(await Score(swapped) > 0.7);
        Assert.True(await Score(null) < 0.2);
    }

    [Fact]
    public async Task RunAsync_AllSteps_AreOneThreads()
    {
        // Each further thread would cost the memory of a whole step.
        var threads = new HashSet<int>();
        var trainer = Trainer(Quick with { Epochs = 2 }, new() { Training = SphereTask.Items(0, 4), Validation = SphereTask.Items(100, 1) }, new Collect(_ => threads.Add(Environment.CurrentManagedThreadId)));

        await trainer.RunAsync(TestContext.Current.CancellationToken);

        Assert.Single(threads);
    }

    [Fact]
    public async Task RunAsync_NothingLabelled_SaysSo()
    {
        var error = await Assert.ThrowsAsync<TrainingDataException>(() => Run(Quick, new() { Training = [] }));

        Assert.Equal("There is no labelled image to train 'spheres' on. Submit at least one label first.", error.Message);
    }

    private static (int, int, double)[] Batches(IEnumerable<TrainingEvent> events, int from, int to) =>
        [.. events.OfType<TrainingEvent.BatchDone>().Where(b => b.Epoch >= from && b.Epoch <= to).Select(b => (b.Epoch, b.Batch, b.Loss))];

    private static async Task<List<(IReadOnlyList<NamedWeights> Weights, PublishedWeights Info)>> PublishedBy(TrainingPlan plan, TrainingRun run)
    {
        var sink = new Sink();
        await new Trainer(plan, run with { Sink = sink }, NetworkRegistry.CreateDefault(), TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);
        return sink.Published;
    }

    private TrainingRun Resumable(string name) => new()
    {
        Training = SphereTask.Items(0, 7),
        Validation = SphereTask.Items(100, 2),
        StateFile = Path.Combine(_folder, name + ".run"),
    };

    private static Task<TrainingOutcome> Run(TrainerSettings settings, TrainingRun run, List<TrainingEvent>? events = null) =>
        Trainer(settings, run, events is null ? null : new Collect(events.Add)).RunAsync(TestContext.Current.CancellationToken);

    private static Trainer Trainer(TrainerSettings settings, TrainingRun run, IProgress<TrainingEvent>? progress) =>
        new(SphereTask.Plan(settings, SphereTask.Augmentation()), run, NetworkRegistry.CreateDefault(), TimeProvider.System, progress);

    private sealed class Collect(Action<TrainingEvent> add) : IProgress<TrainingEvent>
    {
        public void Report(TrainingEvent value) => add(value);
    }

    private sealed class Sink : IWeightsSink
    {
        public List<(IReadOnlyList<NamedWeights> Weights, PublishedWeights Info)> Published { get; } = [];

        public Task<string> PublishAsync(IReadOnlyList<NamedWeights> weights, PublishedWeights info, CancellationToken cancellationToken)
        {
            Published.Add((weights, info));
            return Task.FromResult("model.pt");
        }
    }
}
