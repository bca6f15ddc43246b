using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Morphology;
using LabelServer.Imaging.Resampling;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines.Caching;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;
using LabelServer.Inference.Uncertainty;

namespace LabelServer.Inference.Pipelines;

/// <summary>Runs a bundle's chain on one image after another.</summary>
internal sealed class BundleRunner(BundlePlanner planner, NetworkCache networks, RunCache cache, BundleRunnerOptions options, TimeProvider time) : IBundleRunner
{
    // Shares of the progress bar: rough, and only for the eye.
    private const double NetworkStarts = 0.1;
    private const double NetworkEnds = 0.95;
    private readonly SemaphoreSlim _gate = new(1);

    /// <inheritdoc/>
    public string Name => planner.Bundle.Name;

    /// <inheritdoc/>
    public Task<InferenceResult> RunAsync(InferenceRequest request, IProgress<InferenceProgress>? progress, CancellationToken cancellationToken) =>
        InTurnAsync(request, () => RunOneAsync(request, progress, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<UncertaintyResult> MeasureAsync(InferenceRequest request, UncertaintyOptions options, IProgress<InferenceProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return InTurnAsync(request, () => MeasureOneAsync(request, options, progress, cancellationToken), cancellationToken);
    }

    private async Task<T> InTurnAsync<T>(InferenceRequest request, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Image is null == request.Volume is null)
        {
            throw new ArgumentException("A request has either a stream or a volume.", nameof(request));
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        networks.Dispose();
        cache.Dispose();
        _gate.Dispose();
    }

    // 1 plan, 2 look whether the result is known, 3 read the image and preprocess while the weights load, 4 windows, 5 postprocess, 6 look at the result.
    private async Task<InferenceResult> RunOneAsync(InferenceRequest request, IProgress<InferenceProgress>? progress, CancellationToken cancellationToken)
    {
        var clock = new StageClock(time);
        var context = new TransformContext(options.MaxParallelism, cancellationToken: cancellationToken);
        var plan = planner.Plan(request);
        progress?.Report(new InferenceProgress(InferenceStage.Loading, 0, 0, 0));
        var networkOptions = OptionsOf(request, plan);
        await using var image = request.Image is { } stream && cache.IsOn ? new HashedImage(stream) : null;

        // Looked at before the weights are loaded: if they change meanwhile, the result lies under a state that never comes back.
        var weights = RunKeys.StateOf(plan.WeightsFile);
        var keys = image is not null && !cache.IsEmpty && await image.TakeInAsync(options.MaxTakenInBytes, cancellationToken) is { } digest
            ? RunKeys.Of(digest, weights, request, plan, networkOptions)
            : null;
        if (keys is not null && cache.Labels.Find(keys.Labels) is { } known)
        {
            using var again = new HeldVolume(known.Runs.ToVolume());
            return Finish(again, (known.Device, known.Precision, known.WindowCount));
        }

        using var sample = new Sample();
        var network = await PrepareAsync(request, plan, image, keys, sample, networkOptions, context, clock, progress);
        keys ??= image is null ? null : RunKeys.Of(await image.FinishAsync(cancellationToken), weights, request, plan, networkOptions);
        var seen = sample[plan.ImageKey].GetFloat(context);
        var windows = InferWithRoi(request, () => InferAndRelease(plan, sample, network, context, clock, progress));
        progress?.Report(new InferenceProgress(InferenceStage.Postprocessing, windows, windows, NetworkEnds));
        await PostprocessAsync(plan, sample, context, clock);
        using var labels = Labels(request, plan, sample, context, clock);
        Keep(keys, plan, sample, seen, labels.Volume, network, windows, context);
        return Finish(labels, (network.Device, network.Precision, windows));

        InferenceResult Finish(HeldVolume volume, (string Device, NetworkPrecision Precision, int Windows) made)
        {
            var result = ResultMaker.Make(volume, made, request.ResultType, plan, planner.Bundle.Metadata, context, clock);
            progress?.Report(new InferenceProgress(InferenceStage.Postprocessing, made.Windows, made.Windows, 1));
            return result;
        }
    }

    private async Task<UncertaintyResult> MeasureOneAsync(InferenceRequest request, UncertaintyOptions measure, IProgress<InferenceProgress>? progress, CancellationToken cancellationToken)
    {
        var context = new TransformContext(options.MaxParallelism, cancellationToken: cancellationToken);
        var plan = planner.Plan(request);
        var networkOptions = OptionsOf(request, plan);

        // ONNX Runtime has no dropout to turn on; of a network that is built from its definition libtorch has.
        if (measure.Method == UncertaintyMethod.Dropout && plan.Network is not null && request.Runtime == NetworkRuntime.Auto)
        {
            networkOptions = networkOptions with { Runtime = NetworkRuntime.Torch };
        }

        using var sample = new Sample();
        var network = await PrepareAsync(request, plan, image: null, keys: null, sample, networkOptions, context, new StageClock(time), progress);
        var item = sample[plan.ImageKey];
        var image = item.GetFloat(context);
        RequireFinite(image, item);
        return new UncertaintyMeter(plan.Windows).Measure(image, network, measure, context.Parallel, progress is null ? null : new WindowReporter(progress));
    }

    private NetworkOptions OptionsOf(InferenceRequest request, BundlePlan plan) =>
        new(request.Precision, string.IsNullOrWhiteSpace(request.Device) ? "auto" : request.Device, plan.SpatialDims, request.Runtime, NetworkDataFormat.Of(planner.Bundle.Metadata));

    // The image becomes what the network sees, if need be, while the network is loaded, if need be.
    private async Task<INetwork> PrepareAsync(
        InferenceRequest request,
        BundlePlan plan,
        HashedImage? image,
        RunKeys? keys,
        Sample sample,
        NetworkOptions networkOptions,
        TransformContext context,
        StageClock clock,
        IProgress<InferenceProgress>? progress)
    {
        var loading = networks.GetAsync(plan.Network, plan.WeightsFile, networkOptions, context.CancellationToken);
        try
        {
            progress?.Report(new InferenceProgress(InferenceStage.Preprocessing, 0, 0, 0.02));
            if (keys is not null && cache.Images.Take(keys.Image) is { } known)
            {
                known.MoveTo(sample, plan.ImageKey, request.ImageName);
            }
            else
            {
                await ReadAsync(request, plan, (Stream?)image ?? request.Image, sample, clock, context.CancellationToken);
                await PreprocessAsync(plan, sample, context, clock);
            }
        }
        finally
        {
            // A load that is under way is waited for in any case: it fills the cache, and its fault is the one to tell if both fail.
            await loading;
        }

        return await loading;
    }

    private void Keep(RunKeys? keys, BundlePlan plan, Sample sample, Volume<float> seen, Volume labels, INetwork network, int windows, TransformContext context)
    {
        if (keys is null)
        {
            return;
        }

        if (RunLengths.Of(labels) is { } runs)
        {
            cache.Labels.Put(keys.Labels, new CachedLabels(runs, network.Device, network.Precision, windows), runs.Bytes);
        }

        // A step on the image behind the network would have changed it in place.
        if (plan.Postprocessing.Steps.Steps.All(s => s.Transform is KeyedTransform { Keys.Names: [PostprocessingPlan.Key] } or Identity)
            && PreprocessedImage.TakeFrom(sample, plan.ImageKey, seen, context) is { } image)
        {
            cache.Images.Put(keys.Image, image, image.Bytes);
        }
    }

    private async Task ReadAsync(InferenceRequest request, BundlePlan plan, Stream? image, Sample sample, StageClock clock, CancellationToken cancellationToken)
    {
        var start = clock.Start();
        if (request.Volume is { } given)
        {
            sample.Add(plan.ImageKey, AxisReorder.Copy(new VolumeView(given), new ParallelOptions { CancellationToken = cancellationToken }), new ItemSource(request.ImageName, given.Grid));
        }
        else
        {
            var loaded = await VolumeReader.LoadAsync(image!, request.ImageName, new VolumeReadOptions { MaxBytes = options.MaxImageBytes }, cancellationToken);
            sample.Add(plan.ImageKey, loaded.Volume, new ItemSource(request.ImageName, loaded.Volume.Grid));
        }

        clock.Pre("LoadImaged", start);
    }

    private static async Task PreprocessAsync(BundlePlan plan, Sample sample, TransformContext context, StageClock clock)
    {
        for (var index = 0; index < plan.Preprocessing.Steps.Count; index++)
        {
            var step = plan.Preprocessing.Steps[index];
            if (IsLoading(step) && sample[plan.ImageKey].IsLoaded)
            {
                continue;
            }

            var start = clock.Start();
            await plan.Preprocessing.Slice(index, index + 1).ApplyAsync(sample, context);
            clock.Pre(NameOf(step), start);
        }
    }

    // Which windows a network takes shows when it runs: with a size that the request chose, the request is wrong and not the bundle.
    private int InferWithRoi(InferenceRequest request, Func<int> infer)
    {
        try
        {
            return infer();
        }
        catch (NetworkException error) when (request.RoiSize is { Count: > 0 } && !MemoryShortage.IsCauseOf(error))
        {
            throw new InferenceParameterException(
                $"roi_size [{string.Join(", ", request.RoiSize!)}] does not suit the model '{Name}' on the image '{request.ImageName}': {error.Message} Leave roi_size out to take the bundle's own windows.",
                error);
        }
    }

    // The preprocessed image is not needed after the last window, only its grid and trace are.
    private int InferAndRelease(BundlePlan plan, Sample sample, INetwork network, TransformContext context, StageClock clock, IProgress<InferenceProgress>? progress)
    {
        var start = clock.Start();
        var item = sample[plan.ImageKey];
        var image = item.GetFloat(context);
        RequireFinite(image, item);
        var inferer = new SlidingWindowInferer(plan.Windows);
        var total = inferer.CountWindows(image.Size);
        progress?.Report(new InferenceProgress(InferenceStage.Network, 0, total, NetworkStarts));
        var perWindow = progress is null ? null : new WindowReporter(progress);
        if (plan.Postprocessing.Kind == PostprocessingKind.Labels)
        {
            sample.Add(PostprocessingPlan.Key, inferer.Labels(image, network, context.Parallel, perWindow), new ItemSource(item.Source.Name));
        }
        else
        {
            CheckScores(network, image, item);
            sample.Add(PostprocessingPlan.Key, inferer.Scores(image, network, context.Parallel, perWindow), new ItemSource(item.Source.Name));
        }

        clock.Infer(start);
        return total;
    }

    // One NaN spreads through the normalisation over a whole window, and the mask would be empty there without a word.
    private static void RequireFinite(Volume<float> image, SampleItem item)
    {
        var samples = image.Samples;
        var bad = 0;
        for (var index = 0; index < samples.Length; index++)
        {
            bad += float.IsFinite(samples[index]) ? 0 : 1;
        }

        if (bad > 0)
        {
            throw new TransformException(
                $"The image {item.Source.Name} holds {bad} voxel(s) after preprocessing that are no finite numbers (NaN or infinite), which would spread over the result. Replace them in the image.");
        }
    }

    private void CheckScores(INetwork network, Volume<float> image, SampleItem item)
    {
        var bytes = (network.OutputChannels ?? 1) * image.Size.VoxelCount * sizeof(float);
        if (bytes > options.MaxScoreBytes)
        {
            throw new BundleUnsupportedException(
                $"The bundle '{Name}' needs all {network.OutputChannels} class scores of {item.Source.Name} at {image.Size} voxels at once ({bytes >> 20} MiB, limit {options.MaxScoreBytes >> 20} MiB). "
                + "Put AsDiscreted(argmax) before Invertd in its postprocessing, or use nearest_interp.");
        }
    }

    private static async Task PostprocessAsync(BundlePlan plan, Sample sample, TransformContext context, StageClock clock)
    {
        var post = plan.Postprocessing;
        if (post.Kind == PostprocessingKind.InverseOfScores)
        {
            await ApplyAsync(post.ScoreSteps!, sample, context, clock);
            var start = clock.Start();
            var pred = sample[PostprocessingPlan.Key];
            var original = sample[post.Inverse!.OriginalKeys[0]];
            pred.Replace(ScoreInverse.ArgMax(pred.GetFloat(context), original.Trace, context.Parallel));
            pred.ClearTrace();
            clock.Post("Invertd", isInverse: true, start);
        }

        await ApplyAsync(post.Steps, sample, context, clock);
    }

    private static async Task ApplyAsync(Compose steps, Sample sample, TransformContext context, StageClock clock)
    {
        for (var index = 0; index < steps.Steps.Count; index++)
        {
            var step = steps.Steps[index];
            var start = clock.Start();
            await steps.Slice(index, index + 1).ApplyAsync(sample, context);
            clock.Post(NameOf(step), step.Transform is Invert, start);
        }
    }

    private static HeldVolume Labels(InferenceRequest request, BundlePlan plan, Sample sample, TransformContext context, StageClock clock)
    {
        var start = clock.Start();
        var pred = sample[PostprocessingPlan.Key];
        var image = sample[plan.ImageKey];
        if (pred.Grid.Size != image.Source.OriginalGrid!.Size)
        {
            // A chain without Invertd: MONAI resamples while saving. Labels are never interpolated.
            pred.Replace(Invert.Undo(pred.View, image.Trace, Interpolation.Nearest, context.Parallel));
        }

        if (request.LargestComponent)
        {
            LargestComponents.KeepInLabels(pred.GetVolume(context), labels: null, independent: true, connectivity: 3, count: 1, context.CancellationToken);
        }

        var labels = new HeldVolume(pred.Detach(context));
        clock.Post("Restored", isInverse: false, start);
        return labels;
    }

    private static bool IsLoading(TransformStep step) => NameOf(step).StartsWith("LoadImage", StringComparison.Ordinal);

    private static string NameOf(TransformStep step) => step.Target[(step.Target.LastIndexOf('.') + 1)..];

    private sealed class WindowReporter(IProgress<InferenceProgress> progress) : IProgress<WindowProgress>
    {
        public void Report(WindowProgress value) => progress.Report(
            new InferenceProgress(InferenceStage.Network, value.Done, value.Total, NetworkStarts + ((NetworkEnds - NetworkStarts) * value.Done / value.Total)));
    }
}
