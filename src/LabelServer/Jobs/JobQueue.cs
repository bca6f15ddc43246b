using System.Text.Json.Nodes;
using System.Threading.Channels;
using LabelServer.Errors;
using LabelServer.State;

namespace LabelServer.Jobs;

/// <summary>The queue and the one runner of a kind of jobs, and their history.</summary>
/// <remarks>
/// <para>A job is written down before its submission is answered. What the server's end interrupts is found at the next start and run again, or counts as failed, as its handler says.</para>
/// <para>Answers come from memory. Safe for concurrent use.</para>
/// </remarks>
internal abstract partial class JobQueue(IJobHandler handler, IJobStore store, IEnumerable<IJobListener> listeners, TimeProvider time, ILogger<JobQueue> logger) : BackgroundService
{
    private const int Kept = 100;
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    // A handler is to let go within 2 s; the answer to the stop does not wait much longer than that for one that does not.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly List<QueuedJob> _jobs = [];
    private readonly Channel<QueuedJob> _waiting = Channel.CreateUnbounded<QueuedJob>(new UnboundedChannelOptions { SingleReader = true });
    private bool _isLoaded;

    /// <summary>The kind of its jobs.</summary>
    public JobKind Kind => handler.Kind;

    /// <summary>The zone in which clients read times.</summary>
    public TimeZoneInfo Zone => time.LocalTimeZone;

    /// <summary>All jobs that are remembered, in the order of submission.</summary>
    /// <exception cref="StateException">They could not be read.</exception>
    public IReadOnlyList<JobRecord> Jobs
    {
        get
        {
            lock (_gate)
            {
                Load();
                return _jobs.ConvertAll(j => j.Record);
            }
        }
    }

    /// <summary>The job that runs now, or null.</summary>
    /// <exception cref="StateException">The jobs could not be read.</exception>
    public JobRecord? Running => Jobs.LastOrDefault(j => j.State == JobState.Running);

    /// <summary>Adds a job.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="enqueue">Whether it may wait for one that waits or runs.</param>
    /// <returns>The job as it was submitted, and its result when it ends.</returns>
    /// <exception cref="JobBusyException">One waits or runs already, and this one may not wait.</exception>
    /// <exception cref="StateException">It could not be written down; it does not run.</exception>
    public (JobRecord Job, Task<JsonNode?> Result) Submit(JsonObject request, bool enqueue)
    {
        QueuedJob job;
        JobRecord submitted;
        lock (_gate)
        {
            Load();
            var ahead = _jobs.Count(j => j.Record.IsActive);
            if (ahead > 0 && !enqueue)
                throw new JobBusyException(Kind);
            submitted = new JobRecord
            {
                Id = Guid.NewGuid().ToString(),
                Kind = Kind.Name,
                State = JobState.Submitted,
                Request = request.ToJsonString(),
                Submitted = time.GetUtcNow(),
                Details = [ahead == 0 ? "Submitted." : $"Submitted; {ahead} ahead."],
            };
            store.Save(submitted);
            store.Prune(Kind.Name, Kept);
            job = new QueuedJob(submitted, isResumed: false);
            _jobs.Add(job);
            while (_jobs.Count > Kept && !_jobs[0].Record.IsActive)
                _jobs.RemoveAt(0);
            Tell(submitted);
            _waiting.Writer.TryWrite(job);
        }

        LogSubmitted(Kind.Title, submitted.Id);
        return (submitted, job.Result);
    }

    /// <summary>Stops the job that runs, or that is about to. Those that wait behind it go on.</summary>
    /// <returns>The job, stopped; null when none runs.</returns>
    /// <exception cref="StateException">The jobs could not be read.</exception>
    public async Task<JobRecord?> StopRunningAsync(CancellationToken cancellationToken)
    {
        QueuedJob? job;
        lock (_gate)
        {
            Load();
            job = _jobs.Find(j => j.Record.State == JobState.Running) ?? _jobs.Find(j => j.Record.State == JobState.Submitted);
        }

        if (job is null)
            return null;
        End(job, JobState.Stopped, "Stopped.");
        job.Fail(new JobStoppedException($"The {Kind.Title} task {job.Record.Id} was stopped."));
        if (job.Stop is { } stop)
        {
            await CancelAsync(stop);
            await Task.WhenAny(job.Left, Task.Delay(StopGrace, time, cancellationToken));
        }

        lock (_gate)
            return job.Record;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            lock (_gate)
                Load();
        }
        catch (StateException error)
        {
            // The first request tries again, and says why when it fails too.
            LogNotLoaded(Kind.Title, error.Message);
        }

        try
        {
            await foreach (var job in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                // A job that waited behind the interrupted one stays one that waits.
                stoppingToken.ThrowIfCancellationRequested();
                await RunAsync(job, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What runs or waits is found at the next start.
        }
    }

    private static async Task CancelAsync(CancellationTokenSource stop)
    {
        try
        {
            await stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself at the same moment.
        }
    }

    private async Task RunAsync(QueuedJob job, CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        lock (_gate)
        {
            // Stopped while it waited.
            if (job.Record.State != JobState.Submitted)
                return;
            job.Stop = stop;
        }

        Change(job, r => r.State == JobState.Submitted ? (r with { State = JobState.Running }).WithLine(job.IsResumed ? "Goes on after the server's restart." : "Started.") : r, save: true);
        LogStarted(Kind.Title, job.Record.Id);
        try
        {
            var context = new JobContext(job.Record.Id, (JsonObject)JsonNode.Parse(job.Record.Request)!, job.IsResumed, line => Log(job, line), stoppingToken);
            var result = await handler.RunAsync(context, stop.Token);
            End(job, JobState.Done, "Done.");
            job.Finish(result);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (!stoppingToken.IsCancellationRequested)
                LogStopped(Kind.Title, job.Record.Id);
            job.Fail(new JobStoppedException($"The {Kind.Title} task {job.Record.Id} was stopped."));
        }
        catch (Exception error)
        {
            job.Fail(error);

            // An error that follows from the server's end or from the stop is no news.
            if (stoppingToken.IsCancellationRequested || !job.Record.IsActive)
                return;
            End(job, JobState.Error, error.Message);
            LogFailed(ErrorMap.StatusOf(error) is null ? error : null, Kind.Title, job.Record.Id, error.Message);
        }
        finally
        {
            lock (_gate)
                job.Stop = null;
            job.Leave();
        }
    }

    private void Log(QueuedJob job, string line)
    {
        LogLine(Kind.Title, job.Record.Id, line);
        Change(job, r => r.WithLine(line), save: false);
    }

    // A job has one end: what comes after it, such as the failure that the stop caused, changes nothing.
    private void End(QueuedJob job, JobState state, string line) =>
        Change(job, r => r.IsActive ? (r with { State = state, Ended = time.GetUtcNow() }).WithLine(line) : r, save: true);

    private void Change(QueuedJob job, Func<JobRecord, JobRecord> change, bool save)
    {
        lock (_gate)
        {
            var record = change(job.Record);
            if (ReferenceEquals(record, job.Record))
                return;
            job.Record = record;
            if (save || time.GetElapsedTime(job.SavedAt) >= SaveInterval)
                Save(job);
            Tell(record);
        }
    }

    private void Save(QueuedJob job)
    {
        try
        {
            store.Save(job.Record);
            job.SavedAt = time.GetTimestamp();
        }
        catch (StateException error)
        {
            // The job goes on; after a restart its record is a little older than it was.
            LogNotSaved(Kind.Title, job.Record.Id, error.Message);
        }
    }

    // Inside the lock, so that listeners hear of the changes in the order in which they happened.
    private void Tell(JobRecord record)
    {
        foreach (var listener in listeners)
            listener.OnChanged(record);
    }

    private void Load()
    {
        if (_isLoaded)
            return;
        foreach (var record in store.List(Kind.Name))
        {
            var job = new QueuedJob(record, isResumed: record.State == JobState.Running);
            _jobs.Add(job);
            if (!record.IsActive)
                continue;
            if (handler.Resumes)
            {
                job.Record = record with { State = JobState.Submitted };
                _waiting.Writer.TryWrite(job);
            }
            else
            {
                job.Record = (record with { State = JobState.Error, Ended = time.GetUtcNow() }).WithLine("The server ended before this job did. Start it again.");
                Save(job);
            }
        }

        _isLoaded = true;
    }

    [LoggerMessage(1, LogLevel.Information, "{Kind} task {Id} was submitted.")]
    private partial void LogSubmitted(string kind, string id);

    [LoggerMessage(2, LogLevel.Information, "{Kind} task {Id} starts.")]
    private partial void LogStarted(string kind, string id);

    [LoggerMessage(3, LogLevel.Information, "{Kind} task {Id}: {Line}")]
    private partial void LogLine(string kind, string id, string line);

    [LoggerMessage(4, LogLevel.Information, "{Kind} task {Id} was stopped.")]
    private partial void LogStopped(string kind, string id);

    [LoggerMessage(5, LogLevel.Error, "{Kind} task {Id} failed: {Reason}")]
    private partial void LogFailed(Exception? error, string kind, string id, string reason);

    [LoggerMessage(6, LogLevel.Error, "The {Kind} tasks of former starts can not be read: {Reason}")]
    private partial void LogNotLoaded(string kind, string reason);

    [LoggerMessage(7, LogLevel.Error, "{Kind} task {Id} could not be written down: {Reason}")]
    private partial void LogNotSaved(string kind, string id, string reason);
}

/// <summary>The queue of a handler's jobs. A type of its own for each, so that it can be asked for by type.</summary>
/// <typeparam name="THandler">Who does the work.</typeparam>
internal sealed class JobQueue<THandler>(THandler handler, IJobStore store, IEnumerable<IJobListener> listeners, TimeProvider time, ILogger<JobQueue> logger) : JobQueue(handler, store, listeners, time, logger)
    where THandler : class, IJobHandler;
