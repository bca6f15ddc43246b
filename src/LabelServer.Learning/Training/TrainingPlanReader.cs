using System.Globalization;
using LabelServer.Bundles;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Configuration;
using LabelServer.Learning.Losses;
using LabelServer.Learning.Sampling;

namespace LabelServer.Learning.Training;

/// <summary>Reads a training plan out of a bundle's train config, by following <c>train#trainer</c> and <c>validate#evaluator</c> to their parts.</summary>
/// <remarks>
/// <para>The ids are those that MONAI Label's bundle trainer uses (monailabel/tasks/train/bundle.py). Settings that MONAI's components have no place for stand in a section of their
/// own, <c>trainer_options</c>; other programs ignore it.</para>
/// <para>Nothing that a config names is ignored silently: an unknown part that changes the numbers is an error.</para>
/// </remarks>
public sealed class TrainingPlanReader
{
    private const string DefaultWeights = "model.pt";
    private readonly Bundle _bundle;
    private readonly ConfigResolver _config;
    private readonly TransformRegistry _transforms;

    /// <summary>Creates a reader.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="config">Its train config, with overrides.</param>
    /// <param name="transforms">The deterministic and random transforms.</param>
    public TrainingPlanReader(Bundle bundle, ConfigResolver config, TransformRegistry transforms)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(transforms);
        _bundle = bundle;
        _config = config;
        _transforms = transforms;
    }

    /// <summary>Reads the plan.</summary>
    /// <param name="trainerId">Where the trainer stands.</param>
    /// <exception cref="TrainingException">A part is missing.</exception>
    /// <exception cref="ComponentException">A part or one of its arguments is not supported.</exception>
    /// <exception cref="TransformConfigException">A transform is not supported.</exception>
    /// <exception cref="ConfigException">A reference leads nowhere.</exception>
    public TrainingPlan Read(string trainerId = "train#trainer")
    {
        var trainer = new ComponentArguments(Require(trainerId));
        var loader = new ComponentArguments(Inner(trainer, "train_data_loader", "train#dataloader"));
        var dataset = new ComponentArguments(Inner(loader, "dataset", "train#dataset"));
        var chain = _transforms.Build(_bundle.Name, dataset.Get("transform") ?? Require("train#preprocessing"));
        var cut = Enumerable.Range(0, chain.Steps.Count).FirstOrDefault(i => RandomTransforms.IsRandom(chain.Steps[i].Transform), chain.Steps.Count);
        var handlers = Handlers(trainer, "train_handlers");
        var evaluator = _config.TryResolve("validate#evaluator") as ConfigValue.Component is { } e ? new ComponentArguments(e) : null;
        return new TrainingPlan
        {
            Bundle = _bundle.Name,
            Network = Network(),
            Loss = LossFactory.Create(Inner(trainer, "loss_function", "loss")),
            Optimiser = Inner(trainer, "optimizer", "optimizer"),
            Schedule = Find(handlers, "LrScheduleHandler")?.Inner("lr_scheduler"),
            Deterministic = chain.Slice(0, cut),
            Random = chain.Slice(cut, chain.Steps.Count),
            Validation = ValidationChain(evaluator) ?? chain.Slice(0, cut),
            Windows = Windows(evaluator),
            Labels = _bundle.Metadata.Labels.ToDictionary(l => l.Key, l => l.Value),
            WeightsFile = WeightsFile(evaluator),
            Settings = Settings(trainer, loader, handlers),
        };
    }

    /// <summary>The images that the config itself names (<c>train#dataset#data</c>, <c>validate#dataset#data</c>): a list of dictionaries with image and label.</summary>
    /// <param name="section"><c>train</c> or <c>validate</c>.</param>
    /// <exception cref="TrainingException">It is no such list.</exception>
    public IReadOnlyList<TrainingItem> ReadItems(string section)
    {
        var data = _config.TryResolve($"{section}#dataset#data");
        if (data is null or ConfigValue.Null)
        {
            return [];
        }

        return data is ConfigValue.List list
            ? [.. list.Items.Select(i => ReadItem(i, section))]
            : throw new TrainingException($"{_bundle.Name}: {section}#dataset#data is no list of images and labels.");
    }

    private TrainingItem ReadItem(ConfigValue value, string section)
    {
        string? image = null, label = null;
        foreach (var (key, path) in (value as ConfigValue.Map)?.Items ?? [])
        {
            var name = (key as ConfigValue.Text)?.Value;
            image = name == SampleKeys.Image ? (path as ConfigValue.Text)?.Value : image;
            label = name == SampleKeys.Label ? (path as ConfigValue.Text)?.Value : label;
        }

        return image is not null && label is not null
            ? new TrainingItem(Path.GetFileName(image), Resolve(image), Resolve(label))
            : throw new TrainingException($"{_bundle.Name}: an entry of {section}#dataset#data has no image and label.");
    }

    private string Resolve(string path) => Path.GetFullPath(path, _bundle.Folder);

    private ConfigValue.Component Network()
    {
        foreach (var id in (string[])["network_def", "network", "net"])
        {
            if (_config.TryResolve(id) is ConfigValue.Component component)
            {
                return component;
            }
        }

        throw new TrainingException($"{_bundle.Name}: the train config has no network_def that describes a network.");
    }

    private ConfigValue.Component Require(string id) => _config.TryResolve(id) as ConfigValue.Component
        ?? throw new TrainingException($"{_bundle.Name}: the train config has no '{id}' that describes a component; it cannot be trained.");

    private ConfigValue.Component Inner(ComponentArguments owner, string name, string fallback) =>
        owner.Get(name) as ConfigValue.Component ?? Require(fallback);

    private static List<ComponentArguments> Handlers(ComponentArguments owner, string name) =>
        [.. ((owner.Get(name) as ConfigValue.List)?.Items ?? []).OfType<ConfigValue.Component>().Select(c => new ComponentArguments(c))];

    private static ComponentArguments? Find(List<ComponentArguments> handlers, string name) => handlers.Find(h => h.TargetName == name);

    private Compose? ValidationChain(ComponentArguments? evaluator)
    {
        if (evaluator is null)
        {
            return null;
        }

        var loader = new ComponentArguments(Inner(evaluator, "val_data_loader", "validate#dataloader"));
        var dataset = new ComponentArguments(Inner(loader, "dataset", "validate#dataset"));
        return _transforms.Build(_bundle.Name, dataset.Get("transform") ?? Require("validate#preprocessing"));
    }

    private static SlidingWindowOptions Windows(ComponentArguments? evaluator)
    {
        if (evaluator?.Get("inferer") is not ConfigValue.Component inferer || ComponentArguments.NameOf(inferer) == "SimpleInferer")
        {
            return SlidingWindowOptions.WholeImage(3);
        }

        var arguments = new ComponentArguments(inferer);
        if (arguments.TargetName != "SlidingWindowInferer")
        {
            throw arguments.Unsupported("inferer", ["SlidingWindowInferer", "SimpleInferer"]);
        }

        arguments.Ignore("sw_device", "device", "progress", "cache_roi_weight_map", "cpu_thresh", "buffer_steps", "buffer_dim", "with_coord");
        var defaults = new SlidingWindowOptions { RoiSize = [-1] };
        var options = defaults with
        {
            RoiSize = arguments.Numbers("roi_size") is { } roi ? [.. roi.Select(v => (int)v)] : defaults.RoiSize,
            Overlap = arguments.Numbers("overlap") ?? defaults.Overlap,
            BatchSize = arguments.Integer("sw_batch_size", defaults.BatchSize),
            Mode = arguments.Word("mode", defaults.Mode, ("constant", BlendMode.Constant), ("gaussian", BlendMode.Gaussian)),
            SigmaScale = arguments.Numbers("sigma_scale") ?? defaults.SigmaScale,
            Padding = arguments.Word("padding_mode", defaults.Padding, [.. Enum.GetValues<WindowPadding>().Select(v => (v.ToString(), v))]),
            PadValue = (float)arguments.Number("cval", 0),
        };
        arguments.RequireAllRead();
        return options;
    }

    private string WeightsFile(ComponentArguments? evaluator)
    {
        var saver = evaluator is null ? null : Find(Handlers(evaluator, "val_handlers"), "CheckpointSaver");
        var name = saver?.Text("key_metric_filename") ?? DefaultWeights;
        return Path.GetFileName(name) == name && name.Length > 0
            ? name
            : throw new TrainingException($"{_bundle.Name}: '{name}' (key_metric_filename) must be a plain file name.");
    }

    private TrainerSettings Settings(ComponentArguments trainer, ComponentArguments loader, List<ComponentArguments> handlers)
    {
        var options = new ComponentArguments(new("trainer_options", "trainer_options", [.. Entries(_config.TryResolve("trainer_options"))]));
        var validation = Find(handlers, "ValidationHandler");
        var defaults = new TrainerSettings();
        var settings = defaults with
        {
            Epochs = Positive(trainer.Integer("max_epochs", defaults.Epochs), "max_epochs"),
            BatchSize = Positive(loader.Integer("batch_size", defaults.BatchSize), "batch_size"),
            Shuffle = loader.Boolean("shuffle", false),
            ValidationInterval = Positive(validation?.Integer("interval", 1) ?? 1, "interval"),
            ScheduleByEpoch = Find(handlers, "LrScheduleHandler")?.Boolean("epoch_level", true) ?? true,
            AccumulatedBatches = Positive(options.Integer("gradient_accumulation", defaults.AccumulatedBatches), "gradient_accumulation"),
            GradientNorm = options.Number("gradient_clip_norm"),
            EarlyStopPatience = options.Integer("early_stop_patience", defaults.EarlyStopPatience),
            WeightAverageDecay = options.Number("weight_average"),
            Precision = options.Word(
                "precision",
                trainer.Boolean("amp", false) ? NetworkPrecision.Auto : NetworkPrecision.Float32,
                ("auto", NetworkPrecision.Auto), ("float32", NetworkPrecision.Float32), ("bfloat16", NetworkPrecision.BFloat16)),
            StoredType = options.Word("stored_precision", CheckpointDataType.Float32, ("float32", CheckpointDataType.Float32), ("float16", CheckpointDataType.Float16)),
            Frozen = options.Texts("freeze") ?? defaults.Frozen,
            Seed = options.Integer("seed", 0),
        };
        options.RequireAllRead();
        return settings;
    }

    private int Positive(int value, string name) => value >= 1
        ? value
        : throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{_bundle.Name}: {name} must be at least 1; it is {value}."));

    private static IEnumerable<KeyValuePair<string, ConfigValue>> Entries(ConfigValue? map) =>
        ((map as ConfigValue.Map)?.Items ?? []).Select(i => KeyValuePair.Create((i.Key as ConfigValue.Text)?.Value ?? string.Empty, i.Value));
}
