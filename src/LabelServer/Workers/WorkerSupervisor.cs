using LabelServer.Inference;
using LabelServer.Models;

namespace LabelServer.Workers;

/// <summary>Keeps one worker process running: starts it in the background at the server's start, starts it again when it ends, ends it with the server.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed partial class WorkerSupervisor : IHostedLifecycleService, IAsyncDisposable
{
    // A worker that lived this long is sound: it is started again at once. One that dies sooner is started after a growing pause.
    private static readonly TimeSpan SoundLife = TimeSpan.FromSeconds(5);
    private readonly WorkerOptions _options;
    private readonly DeviceDirectory _devices;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkerSupervisor> _logger;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _stopping = new();
    private int _disposed;
    private readonly Lock _gate = new();
    private Task<WorkerProcess>? _current;
    private Task _watching = Task.CompletedTask;
    private int _failures;
    private DateTimeOffset _notBefore;
    private WorkerUnavailableException? _lastFailure;

    /// <summary>Creates the supervisor; nothing is started yet.</summary>
    public WorkerSupervisor(WorkerOptions options, DeviceDirectory devices, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _devices = devices;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger<WorkerSupervisor>();
    }

    /// <summary>The worker that runs now, or null while there is none.</summary>
    public WorkerProcess? Running
    {
        get
        {
            lock (_gate)
                return _current is { IsCompletedSuccessfully: true } task && IsAlive(task) ? Finished(task) : null;
        }
    }

    /// <summary>Why the worker can not be started, or null when the last start went well.</summary>
    public string? Problem
    {
        get
        {
            lock (_gate)
                return _lastFailure?.Message;
        }
    }

    /// <summary>The worker, started if need be.</summary>
    /// <exception cref="WorkerUnavailableException">It can not be started. After a failed start the same answer is given at once until the pause before the next attempt is over.</exception>
    public Task<WorkerProcess> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            if (_current is null || (_current.IsCompleted && !IsAlive(_current)))
            {
                if (_lastFailure is { } failure && _time.GetUtcNow() < _notBefore)
                    return Task.FromException<WorkerProcess>(new WorkerUnavailableException(failure.Message, failure));
                _current = StartOneAsync();
            }

            return _current.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Starts the worker in the background, unless the options leave it to the first job; the server does not wait for it.</summary>
    /// <remarks>Only here, after the server listens: a start that fails because the port is taken should not begin with a worker that must be ended again.</remarks>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (_options.StartWithServer)
            _watching = Task.Run(KeepRunningAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends the worker.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task<WorkerProcess>? last;
        lock (_gate)
        {
            last = _current;
            _current = null;
        }

        if (last is not null)
        {
            await ((Task)last).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (last.IsCompletedSuccessfully)
                await (await last).DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The container disposes it twice: as a service and as the hosted service that it is, too.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await StopAsync(CancellationToken.None);
        _stopping.Dispose();
    }

    private static bool IsAlive(Task<WorkerProcess> task) => task.IsCompletedSuccessfully && !Finished(task).Exited.IsCompleted;

#pragma warning disable RS0030 // Only asked of tasks that have completed: nothing blocks.
    private static WorkerProcess Finished(Task<WorkerProcess> task) => task.Result;
#pragma warning restore RS0030

    private async Task KeepRunningAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var worker = await GetAsync(_stopping.Token);
                var since = _time.GetTimestamp();
                var code = await worker.Exited.WaitAsync(_stopping.Token);
                OnExit(worker, code, _time.GetElapsedTime(since));
                await worker.DisposeAsync();
            }
            catch (WorkerUnavailableException)
            {
                // Logged where it arose; the pause below grows.
            }
            catch (OperationCanceledException)
            {
                return;
            }

            TimeSpan pause;
            lock (_gate)
                pause = _notBefore - _time.GetUtcNow();
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<WorkerProcess> StartOneAsync()
    {
        await Task.Yield();
        var since = _time.GetTimestamp();
        try
        {
            var worker = await WorkerProcess.StartAsync(_options, new WorkerLog(_loggers.CreateLogger<WorkerLog>()), _time, _stopping.Token);
            lock (_gate)
                _lastFailure = null;
            _devices.Set([.. worker.Description.Devices.Select(d => d.Name)]);
            LogStarted(worker.Id, _time.GetElapsedTime(since).TotalSeconds, Runtimes(worker.Description), string.Join(", ", worker.Description.Devices.Select(d => d.Name)));
            if (worker.Description.TorchProblem.Length > 0)
                LogNoTorch(worker.Description.TorchProblem);
            return worker;
        }
        catch (WorkerUnavailableException error)
        {
            lock (_gate)
            {
                _lastFailure = error;
                Postpone();
            }

            LogNotStarted(error.Message);
            throw;
        }
    }

    private static string Runtimes(Worker.Contract.DescribeReply about) => string.Join(
        ", ", new[] { (Name: "libtorch", Version: about.TorchVersion), (Name: "ONNX Runtime", Version: about.OnnxVersion) }.Where(r => r.Version.Length > 0).Select(r => $"{r.Name} {r.Version}"));

    private void OnExit(WorkerProcess worker, int code, TimeSpan life)
    {
        lock (_gate)
        {
            if (life >= SoundLife)
                _failures = 0;
            else
                Postpone();
        }

        LogEnded(worker.Id, WorkerProcess.Describe(code), string.Join(" | ", worker.LastLines.TakeLast(5)));
    }

    private void Postpone()
    {
        var seconds = Math.Min(_options.MaxBackoff.TotalSeconds, 0.5 * Math.Pow(2, _failures));
        _failures = Math.Min(_failures + 1, 16);
        _notBefore = _time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
    }

    [LoggerMessage(1, LogLevel.Information, "The worker {ProcessId} is ready after {Seconds:0.0} s: {Runtimes}, devices {Devices}.")]
    private partial void LogStarted(int processId, double seconds, string runtimes, string devices);

    [LoggerMessage(2, LogLevel.Error, "The worker's libtorch can not be loaded: {Problem} Run: labelserver doctor")]
    private partial void LogNoTorch(string problem);

    [LoggerMessage(3, LogLevel.Error, "{Reason}")]
    private partial void LogNotStarted(string reason);

    [LoggerMessage(4, LogLevel.Error, "The worker {ProcessId} ended ({How}) and is started again. Its last lines: {Lines}")]
    private partial void LogEnded(int processId, string how, string lines);
}
