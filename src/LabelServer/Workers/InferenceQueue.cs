using LabelServer.Inference;

namespace LabelServer.Workers;

/// <summary>Lets a bounded number of jobs run, a bounded number wait in their order, and refuses the rest with an estimate of when to come back.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class InferenceQueue(int concurrency, int capacity, TimeProvider time) : IDisposable
{
    // Before anything was measured; a whole-body scan on a small machine takes about this long.
    private static readonly TimeSpan FirstGuess = TimeSpan.FromSeconds(20);
    private readonly SemaphoreSlim _slots = new(concurrency, int.MaxValue);
    private readonly Lock _gate = new();
    private int _concurrency = concurrency;
    private int _running;
    private int _waiting;
    private double _averageSeconds = FirstGuess.TotalSeconds;

    /// <summary>How busy the queue is.</summary>
    public InferenceQueueState State
    {
        get
        {
            lock (_gate)
                return new InferenceQueueState(_running, _waiting, capacity);
        }
    }

    /// <summary>Lets more jobs run at a time than so far; fewer is not possible, since they run already.</summary>
    public void Widen(int concurrency)
    {
        int more;
        lock (_gate)
        {
            more = concurrency - _concurrency;
            if (more <= 0)
                return;
            _concurrency = concurrency;
        }

        _slots.Release(more);
    }

    /// <summary>Waits for a turn; dispose what is returned to give it on.</summary>
    /// <param name="onWait">Called with the number of jobs ahead when there is something to wait for.</param>
    /// <param name="cancellationToken">Leaves the queue.</param>
    /// <exception cref="InferenceQueueFullException">Too many jobs wait already.</exception>
    public async Task<IDisposable> EnterAsync(Action<int> onWait, CancellationToken cancellationToken)
    {
        int ahead;
        bool waits;
        lock (_gate)
        {
            ahead = _running + _waiting;
            waits = ahead >= _concurrency;
            if (ahead >= _concurrency + capacity)
            {
                var wait = TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(_averageSeconds / _concurrency), 1, 600));
                throw new InferenceQueueFullException(
                    $"The server is busy: {_running} inference(s) run and {_waiting} wait, which is all that it takes. Try again in about {wait.TotalSeconds:0} s.", wait);
            }

            _waiting++;
        }

        try
        {
            if (waits)
                onWait(ahead);
            await _slots.WaitAsync(cancellationToken);
        }
        catch
        {
            lock (_gate)
                _waiting--;
            throw;
        }

        lock (_gate)
        {
            _waiting--;
            _running++;
        }

        return new Turn(this, time.GetTimestamp());
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private void Leave(long since)
    {
        lock (_gate)
        {
            _running--;

            // The last few jobs count; one far outlier does not spoil the estimate for long.
            _averageSeconds += (time.GetElapsedTime(since).TotalSeconds - _averageSeconds) * 0.3;
        }

        _slots.Release();
    }

    private sealed class Turn(InferenceQueue queue, long since) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                queue.Leave(since);
        }
    }
}
