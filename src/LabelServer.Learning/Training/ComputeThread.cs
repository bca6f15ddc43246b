using System.Collections.Concurrent;

namespace LabelServer.Learning.Training;

/// <summary>Runs asynchronous work on one thread of its own: what follows an await comes back to it.</summary>
/// <remarks>
/// <para>Why: left to the pool, each step of a training would run on another thread. The C library gives each thread that allocates an arena of its own, and OpenMP each thread that
/// starts a loop its own helpers; every arena can then grow to the memory of a whole step, and none is given back.</para>
/// <para>The thread ends with the work.</para>
/// </remarks>
internal sealed class ComputeThread : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Work, object? State)> _queue = [];

    private ComputeThread()
    {
    }

    /// <summary>Runs work to its end.</summary>
    /// <param name="name">The thread's name, for debuggers.</param>
    /// <param name="work">The work; called on the thread.</param>
    public static Task<T> RunAsync<T>(string name, Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => new ComputeThread().Run(work, done)) { IsBackground = true, Name = name }.Start();
        return done.Task;
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            _queue.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            // The work is done; nothing that is left depends on the thread.
            base.Post(d, state);
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Work is posted to this thread, not waited for.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    private void Run<T>(Func<Task<T>> work, TaskCompletionSource<T> done)
    {
        SetSynchronizationContext(this);
        var task = Begin(work);
        task.ContinueWith(_ => _queue.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        foreach (var (callback, state) in _queue.GetConsumingEnumerable())
        {
            callback(state);
        }

        done.SetFromTask(task);
    }

    // As an asynchronous method, so that what is thrown before the first await is in the task too.
    private static async Task<T> Begin<T>(Func<Task<T>> work) => await work();
}
