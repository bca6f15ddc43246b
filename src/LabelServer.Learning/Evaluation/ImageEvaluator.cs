using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Metrics;

namespace LabelServer.Learning.Evaluation;

/// <summary>Takes one image after the other through a plan.</summary>
/// <remarks>Steps: 1. load and preprocess; 2. windows; 3. inverse and postprocessing; 4. save; 5. score.</remarks>
internal sealed class ImageEvaluator
{
    private const string Image = "image";
    private const long MostScoreBytes = 8L << 30;
    private readonly EvaluationPlan _plan;
    private readonly INetwork _network;
    private readonly SlidingWindowInferer _inferer;
    private readonly IReadOnlyList<ImageSaver> _savers;
    private readonly IProgress<EvaluationEvent>? _progress;

    /// <summary>Takes a plan and its network; owns neither.</summary>
    public ImageEvaluator(EvaluationPlan plan, INetwork network, string folder, IProgress<EvaluationEvent>? progress)
    {
        _plan = plan;
        _network = network;
        _progress = progress;
        _inferer = new SlidingWindowInferer(plan.Windows);
        _savers = [.. plan.Postprocessing.Steps.Steps.Where(s => s.Transform is SaveImage).Select(s => new ImageSaver((SaveImage)s.Transform, s.Id, folder))];
    }

    /// <summary>Does an image.</summary>
    /// <returns>Its scores of each class, for the metrics that have some.</returns>
    public async Task<IReadOnlyList<KeyValuePair<string, IReadOnlyList<double>>>> RunAsync(EvaluationItem item, int number, CancellationToken cancellationToken)
    {
        using var sample = new Sample();
        foreach (var (name, file) in item.Files)
        {
            sample.AddFile(name, file, item.Name);
        }

        var context = new TransformContext(-1, cancellationToken: cancellationToken);
        await _plan.Preprocessing.ApplyAsync(sample, context);
        Infer(sample, number, context);
        await PostprocessAsync(sample, context);
        foreach (var saver in _savers)
        {
            foreach (var file in await saver.SaveAsync(sample, item.Name, Image, context))
            {
                _progress?.Report(new EvaluationEvent.Saved(file));
            }
        }

        return Score(sample, item, context);
    }

    private void Infer(Sample sample, int number, TransformContext context)
    {
        var image = sample[Image].GetFloat(context);
        var windows = _progress is null ? null : new WindowReporter(_progress, number);
        var source = new ItemSource(sample[Image].Source.Name);
        if (_plan.Postprocessing.Kind == PostprocessingKind.Labels)
        {
            sample.Add(EvaluationChain.Prediction, _inferer.Labels(image, _network, context.Parallel, windows), source);
            return;
        }

        var bytes = (_network.OutputChannels ?? 1) * image.Size.VoxelCount * sizeof(float);
        if (bytes > MostScoreBytes)
        {
            throw new EvaluationException(
                $"The bundle '{_plan.Bundle}' needs all {_network.OutputChannels} class scores of {source.Name} at once ({bytes >> 20} MiB, limit {MostScoreBytes >> 20} MiB). "
                + "Put AsDiscreted(argmax) before the other steps of its postprocessing.");
        }

        sample.Add(EvaluationChain.Prediction, _inferer.Scores(image, _network, context.Parallel, windows), source);
    }

    private async Task PostprocessAsync(Sample sample, TransformContext context)
    {
        if (_plan.Postprocessing.Inverse is { } inverse)
        {
            var prediction = sample[EvaluationChain.Prediction];
            prediction.Replace(ScoreInverse.ArgMax(prediction.GetFloat(context), sample[inverse.OriginalKeys[0]].Trace, context.Parallel));
        }

        await _plan.Postprocessing.Steps.ApplyAsync(sample, context);
    }

    private IReadOnlyList<KeyValuePair<string, IReadOnlyList<double>>> Score(Sample sample, EvaluationItem item, TransformContext context)
    {
        if (_plan.Metrics.Count == 0)
        {
            return [];
        }

        if (!sample.TryGet(EvaluationChain.Label, out var label))
        {
            throw new EvaluationException($"The bundle '{_plan.Bundle}' scores {_plan.Metrics[0].Name}, but '{item.Name}' comes without a label in its data list.");
        }

        var target = label.GetVolume(context);
        var prediction = sample[EvaluationChain.Prediction].GetVolume(context);
        Volume[] both = [prediction, target];
        if (prediction.Size != target.Size || prediction.Channels != target.Channels)
        {
            throw new EvaluationException(
                $"The prediction of '{item.Name}' has {both[0].Channels} channel(s) of {both[0].Size} voxels and its label {both[1].Channels} of {both[1].Size}, so they cannot be compared. "
                + "Both need the same steps in preprocessing and postprocessing.");
        }

        var overlap = _plan.Postprocessing.Classes is { } classes ? LabelOverlap.Count(prediction, target, classes) : LabelOverlap.CountChannels(prediction, target);
        var image = new ScoredImage(overlap, prediction, target);
        foreach (var metric in _plan.Metrics)
        {
            metric.Add(image, context.Parallel);
        }

        return [.. _plan.Metrics.Where(m => m.Details is not null).Select(m => KeyValuePair.Create(m.Name, m.Details![^1]))];
    }

    private sealed class WindowReporter(IProgress<EvaluationEvent> progress, int number) : IProgress<WindowProgress>
    {
        public void Report(WindowProgress value) => progress.Report(new EvaluationEvent.Windows(number, value.Done, value.Total));
    }
}
