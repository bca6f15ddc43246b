using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Telemetry;
using LabelServer.Worker.Contract;

namespace LabelServer.Workers;

/// <summary>Runs inference jobs in the worker process of this machine.</summary>
internal sealed partial class GrpcInferenceDispatcher : IInferenceDispatcher, IUncertaintyDispatcher, IDisposable
{
    private readonly ModelCatalog _catalog;
    private readonly WorkerSupervisor _supervisor;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<GrpcInferenceDispatcher> _logger;
    private readonly InferenceQueue _queue;
    private readonly InferenceMetrics _metrics;

    /// <summary>Creates the dispatcher.</summary>
    public GrpcInferenceDispatcher(
        ModelCatalog catalog, WorkerSupervisor supervisor, WorkerOptions options, TimeProvider time, IMeterFactory meters, ILogger<GrpcInferenceDispatcher> logger)
    {
        _catalog = catalog;
        _supervisor = supervisor;
        _options = options;
        _time = time;
        _logger = logger;
        _queue = new InferenceQueue(options.Concurrency, options.QueueLength, time);
        _metrics = new InferenceMetrics(meters, () => _queue.State);
    }

    /// <inheritdoc/>
    public InferenceQueueState Queue => _queue.State;

    /// <inheritdoc/>
    public Task<InferenceAnswer> InferAsync(InferenceJob job, IProgress<InferenceProgressReport>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        var step = new LastStep(progress);
        return DispatchAsync(job, null, (worker, header, model, token) => new InferExchange(worker, job, header, job.Parameters.RestoreLabelIdx ? model.ChannelLabels : model.Labels, _options).RunAsync(step, token), step, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<UncertaintyReport> MeasureAsync(InferenceJob job, UncertaintyParameters parameters, IProgress<InferenceProgressReport>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(parameters);
        var measure = new MeasureParameters { Flips = parameters.Flips, Repetitions = parameters.Repetitions, Dropout = parameters.Dropout, Seed = parameters.Seed };
        var step = new LastStep(progress);
        return DispatchAsync(job, measure, async (worker, header, model, token) => UncertaintyReplies.ToReport(await new InferExchange(worker, job, header, model.Labels, _options).MeasureAsync(step, token), model), step, cancellationToken);
    }

    private async Task<T> DispatchAsync<T>(
        InferenceJob job, MeasureParameters? measure, Func<WorkerProcess, InferHeader, ModelDescription, CancellationToken, Task<T>> exchange, LastStep step, CancellationToken cancellationToken)
    {
        long? started = null;
        using var span = Tracing.Source.StartActivity("inference");
        span?.SetTag("model", job.Model);
        try
        {
            var model = _catalog.Require(job.Model);
            var header = InferHeaderFactory.Create(job, model, _options.Runtime);
            header.Measure = measure;
            var turn = await WaitAsync(step, cancellationToken);
            started = _time.GetTimestamp();
            LogStarted(job.ImageName, job.Model, header.Parameters.ModelFilename);
            var answer = await RunAsync(job, (worker, token) => exchange(worker, header, model, token), turn, step, cancellationToken);
            _metrics.Count(job.Model, "ok", _time.GetElapsedTime(started.Value));
            if (answer is InferenceAnswer { Summary.Latencies: var latencies })
            {
                TraceSteps(span, latencies);
                LogDone(job.ImageName, job.Model, latencies.Total, latencies.Pre, latencies.Infer, latencies.Invert, latencies.Post, latencies.Write);
            }

            return answer;
        }
        catch (Exception error)
        {
            var outcome = error is OperationCanceledException ? "cancelled" : error.GetType().Name;
            span?.SetStatus(ActivityStatusCode.Error, outcome);
            _metrics.Count(job.Model, outcome, started is { } since ? _time.GetElapsedTime(since) : null);
            if (error is OperationCanceledException)
                LogCancelled(job.ImageName, job.Model);
            else
                LogFailed(job.ImageName, job.Model, error.Message);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Dispose();
        _metrics.Dispose();
    }

    private async Task<IDisposable> WaitAsync(LastStep step, CancellationToken cancellationToken)
    {
        using var span = Tracing.Source.StartActivity("queue wait");
        return await _queue.EnterAsync(ahead => step.Report(new(InferencePhase.Queued, 0, $"{ahead} ahead")), cancellationToken);
    }

    // The worker measures its steps; they are drawn to end now, when its answer is here.
    private void TraceSteps(Activity? span, LatencySummary latencies)
    {
        if (span is null)
            return;
        (string Name, double Seconds)[] steps = [("load", latencies.Pre), ("infer", latencies.Infer), ("invert", latencies.Invert), ("post", latencies.Post), ("write", latencies.Write)];
        var start = _time.GetUtcNow() - TimeSpan.FromSeconds(steps.Sum(s => s.Seconds));
        foreach (var (name, seconds) in steps)
            start = Tracing.AddFinished(name, start, TimeSpan.FromSeconds(seconds));
    }

    // The turn is given on when the worker has let go of the job, which after a cancellation may be later than the answer to the caller.
    private async Task<T> RunAsync<T>(
        InferenceJob job, Func<WorkerProcess, CancellationToken, Task<T>> exchange, IDisposable turn, LastStep step, CancellationToken cancellationToken)
    {
        var handedOn = false;
        var limit = job.Parameters.Timeout ?? _options.JobTimeout;
        using var timeout = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            step.Report(new(InferencePhase.Starting, 0, string.Empty));
            var worker = await _supervisor.GetAsync(both.Token);
            if (worker.Description is { TorchProblem: { Length: > 0 } problem, OnnxVersion.Length: 0 })
                throw new WorkerUnavailableException($"The worker can not load libtorch: {problem} Run: labelserver doctor");

            // Several GPUs share the queue: as many jobs go to the worker at a time as it has lanes for.
            _queue.Widen(worker.Description.Lanes);
            try
            {
                return await exchange(worker, both.Token);
            }
            catch (OperationCanceledException)
            {
                handedOn = true;
                _ = LetGoAsync(worker, job.ImageName, turn);
                throw;
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new InferenceTimedOutException(
                $"The inference of '{job.ImageName}' with {job.Model} took longer than {limit.TotalSeconds:0.###} s and was stopped while {step.Words}. Try highres false, a smaller part of the image, or a larger timeout.");
        }
        finally
        {
            if (!handedOn)
                turn.Dispose();
        }
    }

    private async Task LetGoAsync(WorkerProcess worker, string image, IDisposable turn)
    {
        try
        {
            await worker.Client.AwaitIdleAsync(new AwaitIdleRequest(), deadline: _time.GetUtcNow().UtcDateTime + _options.CancelGrace);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.DeadlineExceeded)
        {
            LogStuck(worker.Id, image, _options.CancelGrace.TotalSeconds);
            worker.Kill();
            await worker.Exited;
        }
        catch (Exception error) when (error is RpcException or ObjectDisposedException)
        {
            // The worker is gone, so it computes nothing any more; its supervisor has said so.
        }
        finally
        {
            turn.Dispose();
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Inference of '{Image}' with {Model} ({Weights}) starts.")]
    private partial void LogStarted(string image, string model, string weights);

    [LoggerMessage(2, LogLevel.Information, "Inference of '{Image}' with {Model}: total {Total} s; pre {Pre}, infer {Infer}, invert {Invert}, post {Post}, write {Write}.")]
    private partial void LogDone(string image, string model, double total, double pre, double infer, double invert, double post, double write);

    [LoggerMessage(3, LogLevel.Information, "Inference of '{Image}' with {Model} was cancelled.")]
    private partial void LogCancelled(string image, string model);

    [LoggerMessage(4, LogLevel.Warning, "Inference of '{Image}' with {Model} failed: {Reason}")]
    private partial void LogFailed(string image, string model, string reason);

    [LoggerMessage(5, LogLevel.Warning, "The worker {ProcessId} still computes '{Image}' {Seconds} s after it was cancelled; it is ended and started again.")]
    private partial void LogStuck(int processId, string image, double seconds);
}
