using System.Globalization;
using LabelServer.Bundles;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Config;
using LabelServer.Learning.Networks;
using LabelServer.Learning.Sampling;

namespace LabelServer.Learning.Training;

/// <summary>Trains a bundle: from its train config and a list of images to published weights.</summary>
public sealed class BundleTraining
{
    private readonly BundleTrainingRequest _request;
    private readonly TimeProvider _time;

    /// <summary>Prepares a training.</summary>
    public BundleTraining(BundleTrainingRequest request, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(time);
        _request = request;
        _time = time;
    }

    /// <summary>Reads the plan without running it; everything that is not supported is reported here.</summary>
    /// <exception cref="TrainingException">A part is missing.</exception>
    /// <exception cref="LearningException">A part is not supported.</exception>
    public (TrainingPlan Plan, TrainingPlanReader Reader) Plan()
    {
        var bundle = Bundle.Open(_request.Folder);
        var document = (_request.ConfigFiles.Count > 0 ? bundle.LoadConfigFiles(_request.ConfigFiles) : bundle.LoadConfig(_request.Configs)).With(_request.Overrides);
        document = document.With(Data().Where(d => document.Contains(d.Key)));
        var reader = new TrainingPlanReader(bundle, bundle.CreateResolver(document, _request.DataFolders), RandomTransforms.CreateRegistry());
        var plan = reader.Read(_request.TrainerId);
        return (MemorySaving.Apply(plan with { Settings = _request.Adjust(plan.Settings) }, _request.MemorySavingSteps), reader);
    }

    /// <summary>Runs.</summary>
    /// <param name="progress">Told what happens; may be null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <exception cref="LearningException">The run cannot be done.</exception>
    public async Task<TrainingOutcome> RunAsync(IProgress<TrainingEvent>? progress, CancellationToken cancellationToken)
    {
        var (plan, reader) = Plan();
        var weights = new BundleWeights(_request.Folder, _request.WeightsFile ?? plan.WeightsFile, _time, plan.Settings.StoredType);
        var start = _request.StartFile is { } file ? BundleWeights.Read(file, cancellationToken) : _request.StartFromServed ? weights.ReadServed(cancellationToken) : null;
        var run = new TrainingRun
        {
            Training = _request.Training ?? reader.ReadItems("train"),
            Validation = _request.Validation ?? reader.ReadItems("validate"),
            StartWeights = start,
            StartIsServed = start is not null && _request.ComparesWithServed && _request.StartFile is null,
            Incumbent = _request.ComparesWithServed && (start is null || _request.StartFile is not null) ? ReadIncumbent(weights, progress, cancellationToken) : null,
            RunId = _request.RunId,
            PublishAlways = _request.PublishAlways,
            StateFile = _request.StateFile ?? Path.Combine(_request.Folder, "models", "history", Path.GetFileNameWithoutExtension(weights.ServedFile), "last.run"),
            Sink = weights,
        };
        if (_request.StartFromServed && _request.StartFile is null && start is null)
        {
            progress?.Report(new TrainingEvent.Notice($"There are no weights {Path.GetFileName(weights.ServedFile)} to start from; the training starts from random ones."));
        }

        using var curves = new TensorBoardLog(EventsFolder(weights), plan.Labels, progress);
        var outcome = await new Trainer(plan, run, NetworkRegistry.CreateDefault(), _time, curves).RunAsync(cancellationToken);

        // The run is over; the next one of the same data begins at its first epoch.
        File.Delete(run.StateFile);
        return outcome;
    }

    // As in MONAI Label's bundle trainer: what a config works out from its data, such as the steps of an epoch, then follows from the images that are trained on.
    private IEnumerable<KeyValuePair<string, ConfigValue>> Data() => new (string Section, IReadOnlyList<TrainingItem>? Items)[] { ("train", _request.Training), ("validate", _request.Validation) }
        .Where(d => d.Items is not null)
        .Select(d => KeyValuePair.Create<string, ConfigValue>($"{d.Section}#dataset#data", new ConfigValue.List([.. d.Items!.Select(Entry)])));

    private static ConfigValue Entry(TrainingItem item) => new ConfigValue.Map([Pair(SampleKeys.Image, item.ImagePath), Pair(SampleKeys.Label, item.LabelPath)]);

    private static KeyValuePair<ConfigValue, ConfigValue> Pair(string key, string path) => KeyValuePair.Create<ConfigValue, ConfigValue>(new ConfigValue.Text(key), new ConfigValue.Text(path));

    private string EventsFolder(BundleWeights weights)
    {
        var run = _request.RunId.Length > 0 ? _request.RunId : _time.GetUtcNow().ToString("yyyyMMdd'_'HHmmss", CultureInfo.InvariantCulture);
        return Path.Combine(_request.Folder, "models", "events", Path.GetFileNameWithoutExtension(weights.ServedFile), run);
    }

    // Served weights that cannot be read are no reason not to train others.
    private static IReadOnlyList<NamedWeights>? ReadIncumbent(BundleWeights weights, IProgress<TrainingEvent>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return weights.ReadServed(cancellationToken);
        }
        catch (CheckpointException error)
        {
            progress?.Report(new TrainingEvent.Notice($"The served weights cannot be read and are not compared with: {error.Message}"));
            return null;
        }
    }
}
