using LabelServer.Bundles;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Networks;

namespace LabelServer.Learning.Evaluation;

/// <summary>Runs an evaluator of a bundle's config: segments its images, saves what its chain saves, scores what its metrics score, and writes their reports.</summary>
public sealed class BundleEvaluation
{
    private readonly EvaluationRequest _request;
    private readonly INetworkFactory _networks;
    private readonly TimeProvider _time;

    /// <summary>Prepares an evaluation.</summary>
    /// <param name="request">What is evaluated.</param>
    /// <param name="time">The clock.</param>
    /// <param name="networks">Where networks come from; those of this program when null.</param>
    public BundleEvaluation(EvaluationRequest request, TimeProvider time, INetworkFactory? networks = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(time);
        _request = request;
        _time = time;
        _networks = networks ?? new TorchNetworkFactory();
    }

    /// <summary>Runs.</summary>
    /// <param name="progress">Told what happens; may be null.</param>
    /// <param name="cancellationToken">Stops between windows and steps.</param>
    /// <exception cref="LearningException">The evaluation cannot be done.</exception>
    /// <exception cref="BundleException">The bundle cannot be read.</exception>
    /// <exception cref="TransformException">A step failed; the message names image and step.</exception>
    public async Task<EvaluationOutcome> RunAsync(IProgress<EvaluationEvent>? progress, CancellationToken cancellationToken)
    {
        var plan = Plan();
        using var network = await LoadAsync(plan, cancellationToken);
        progress?.Report(new EvaluationEvent.Started(plan.Items.Count, network.Device, network.Precision.ToString()));
        foreach (var notice in plan.Notices)
        {
            progress?.Report(new EvaluationEvent.Notice(notice));
        }

        var evaluator = new ImageEvaluator(plan, network, _request.Folder, progress);
        for (var i = 0; i < plan.Items.Count; i++)
        {
            var begun = _time.GetTimestamp();
            var scores = await evaluator.RunAsync(plan.Items[i], i + 1, cancellationToken);
            progress?.Report(new EvaluationEvent.ImageDone(i + 1, plan.Items[i].Name, scores, _time.GetElapsedTime(begun)));
        }

        if (plan.Report is { } report && plan.Metrics.Count > 0)
        {
            foreach (var file in await report.WriteAsync([.. plan.Items.Select(i => i.Name)], plan.Metrics, cancellationToken))
            {
                progress?.Report(new EvaluationEvent.Saved(file));
            }
        }

        return new EvaluationOutcome(plan.Items.Count, [.. plan.Metrics.Select(m => KeyValuePair.Create(m.Name, m.Value))]);
    }

    private EvaluationPlan Plan()
    {
        var bundle = Bundle.Open(_request.Folder);
        var document = bundle.LoadConfigFiles(_request.ConfigFiles).With(_request.Overrides);
        return new EvaluationPlanReader(bundle, bundle.CreateResolver(document, _request.DataFolders), TransformRegistry.CreateDefault()).Read(_request.EvaluatorId, _request.WeightsFile);
    }

    private Task<INetwork> LoadAsync(EvaluationPlan plan, CancellationToken cancellationToken)
    {
        if (!File.Exists(plan.Weights))
        {
            throw new EvaluationException($"The bundle '{plan.Bundle}' loads {plan.Weights}, which is not there. Train first, or fetch the weights with: labelserver models download {plan.Bundle}");
        }

        return plan.Network is null
            ? _networks.LoadWholeAsync(plan.Weights, plan.NetworkOptions, cancellationToken)
            : _networks.CreateAsync(plan.Network, plan.Weights, plan.NetworkOptions, cancellationToken);
    }
}
