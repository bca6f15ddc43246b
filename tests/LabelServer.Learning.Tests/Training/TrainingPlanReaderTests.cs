using LabelServer.Bundles;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Configuration;
using LabelServer.Learning.Training;
using LabelServer.Testing;

namespace LabelServer.Learning.Tests.Training;

public sealed class TrainingPlanReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labelserver-plan-").FullName;

    /// <summary>The train configs of MONAI's model zoo.</summary>
    public static TheoryData<string> ModelZoo
    {
        get
        {
            var data = new TheoryData<string>();
            var zoo = Path.Combine(SharedFolders.Data ?? string.Empty, "model-zoo");
            foreach (var bundle in Directory.Exists(zoo) ? Directory.GetDirectories(zoo).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
            {
                if (File.Exists(Path.Combine(bundle, "configs", "train.json")) && File.Exists(Path.Combine(bundle, "configs", "metadata.json")))
                {
                    data.Add(Path.GetFileName(bundle));
                }
            }

            if (data.Count == 0)
            {
                data.Add(string.Empty);
            }

            return data;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Plan_SmallBundle_HasWhatItsConfigSays()
    {
        TrainableBundle.Write(_folder, batchSize: 3, samples: 4);

        var plan = Plan();

        Assert.Equal("SegResNet", ComponentArguments.NameOf(plan.Network));
        Assert.Equal("AdamW", ComponentArguments.NameOf(plan.Optimiser));
        Assert.Equal("CosineAnnealingLR", ComponentArguments.NameOf(plan.Schedule!));
        Assert.Equal(4, plan.Settings.Epochs);
        Assert.Equal(3, plan.Settings.BatchSize);
        Assert.Equal(5, plan.Settings.Seed);
        Assert.True(plan.Settings.Shuffle);
        Assert.Equal(["anterior", "posterior"], plan.Labels.OrderBy(l => l.Key).Select(l => l.Value));
        Assert.Equal(TrainableBundle.Weights, plan.WeightsFile);
    }

    [Fact]
    public void Plan_SmallBundle_KeepsDeterministicStepsApartFromThoseThatFollowADraw()
    {
        TrainableBundle.Write(_folder);

        var plan = Plan();

        // Padding stands before the random crop and gives the same for each epoch: it is done once.
        Assert.Equal(5, plan.Deterministic.Steps.Count);
        Assert.Single(plan.Random.Steps);
    }

    [Fact]
    public void Plan_OptionsOfTheTrainer_AreTaken()
    {
        TrainableBundle.Write(_folder);

        var settings = Plan(
            Option("gradient_accumulation", new ConfigValue.Integer(4)),
            Option("gradient_clip_norm", new ConfigValue.Real(2.5)),
            Option("early_stop_patience", new ConfigValue.Integer(3)),
            Option("weight_average", new ConfigValue.Real(0.9)),
            Option("precision", new ConfigValue.Text("bfloat16")),
            Option("stored_precision", new ConfigValue.Text("float16")),
            Option("freeze", new ConfigValue.List([new ConfigValue.Text("down_layers.*")]))).Settings;

        Assert.Equal(4, settings.AccumulatedBatches);
        Assert.Equal(2.5, settings.GradientNorm);
        Assert.Equal(3, settings.EarlyStopPatience);
        Assert.Equal(0.9, settings.WeightAverageDecay);
        Assert.Equal(NetworkPrecision.BFloat16, settings.Precision);
        Assert.Equal(CheckpointDataType.Float16, settings.StoredType);
        Assert.Equal(["down_layers.*"], settings.Frozen);
    }

    [Theory]
    [InlineData("gradient_clipping", "gradient_clipping")]
    [InlineData("stored_precision", "float8")]
    public void Plan_OptionThatIsNotKnown_IsNamed(string option, string named)
    {
        TrainableBundle.Write(_folder);

        var error = Assert.Throws<ComponentException>(() => Plan(Option(option, new ConfigValue.Text("float8"))));

        Assert.Contains("trainer_options", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max_epochs", 0)]
    [InlineData("train#dataloader#batch_size", -1)]
    public void Plan_NumberBelowOne_IsRefused(string id, int value)
    {
        TrainableBundle.Write(_folder);

        var error = Assert.Throws<TrainingException>(() => Plan(KeyValuePair.Create<string, ConfigValue>(id, new ConfigValue.Integer(value))));

        Assert.Contains("must be at least 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_WeightsFileWithAFolder_IsRefused()
    {
        TrainableBundle.Write(_folder);
        var saver = new ConfigValue.List([Component("CheckpointSaver", ("key_metric_filename", "../../outside.pt"))]);

        var error = Assert.Throws<TrainingException>(() => Plan(KeyValuePair.Create<string, ConfigValue>("validate#evaluator#val_handlers", saver)));

        Assert.Contains("must be a plain file name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_WholeBody_IsRead()
    {
        var plan = new BundleTraining(
            new BundleTrainingRequest { Folder = SharedFolders.RequireData("model-zoo", "wholeBody_ct_segmentation") },
            TimeProvider.System).Plan().Plan;

        Assert.Equal("SegResNet", ComponentArguments.NameOf(plan.Network));
        Assert.Equal(104, plan.Labels.Count);
        Assert.Equal([96, 96, 96], plan.Windows.RoiSize);
        Assert.Equal(BlendMode.Constant, plan.Windows.Mode);
    }

    [Fact]
    public void Plan_OfGivenImages_IsWorkedOutFromThem()
    {
        // The schedule ends at steps per epoch times epochs, and the folder of images that the config names is empty here.
        var plan = new BundleTraining(
            new BundleTrainingRequest
            {
                Folder = Path.Combine(SharedFolders.Repository, "models", "hippocampus_mr_segmentation"),
                Training = [.. Enumerable.Range(0, 5).Select(n => new TrainingItem($"{n}", $"/scans/{n}.nii.gz", $"/labels/{n}.nii.gz"))],
                Validation = [],
                Overrides = [KeyValuePair.Create<string, ConfigValue>("max_epochs", new ConfigValue.Integer(7))],
            },
            TimeProvider.System).Plan().Plan;

        Assert.Equal(3 * 7, new ComponentArguments(plan.Schedule!).Integer("t_total", 0));
        Assert.Equal(3, new ComponentArguments(plan.Schedule!).Integer("warmup_steps", 0));
    }

    [Theory]
    [MemberData(nameof(ModelZoo))]
    public void Plan_ModelZoo_IsReadOrSaysWhatIsMissing(string bundle)
    {
        Assert.SkipWhen(bundle.Length == 0, "No shared data folder: set LABELSERVER_DATA.");
        var request = new BundleTrainingRequest { Folder = SharedFolders.RequireData("model-zoo", bundle) };

        var error = Record.Exception(() => new BundleTraining(request, TimeProvider.System).Plan());

        // Never a cast, an index or a null: a researcher is told the place in the config.
        Assert.True(error is null or LearningException or TransformConfigException or BundleException, $"{bundle}: {error}");
        Assert.True(error is null || error.Message.Length > 20, $"{bundle}: {error?.Message}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{bundle}: {error?.Message ?? "is read"}");
    }

    private TrainingPlan Plan(params KeyValuePair<string, ConfigValue>[] overrides) =>
        new BundleTraining(new BundleTrainingRequest { Folder = _folder, Overrides = overrides }, TimeProvider.System).Plan().Plan;

    private static KeyValuePair<string, ConfigValue> Option(string name, ConfigValue value) => KeyValuePair.Create("trainer_options#" + name, value);

    private static ConfigValue.Map Component(string target, params (string Name, string Value)[] arguments) => new ConfigValue.Map(
        [.. arguments.Prepend(("_target_", target)).Select(a => KeyValuePair.Create<ConfigValue, ConfigValue>(new ConfigValue.Text(a.Item1), new ConfigValue.Text(a.Item2)))]);
}
