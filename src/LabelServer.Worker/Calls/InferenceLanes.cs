using LabelServer.Worker.Devices;

namespace LabelServer.Worker.Calls;

/// <summary>Shares the inferences among the GPUs of this machine, one on each at a time; without a GPU one in all: two would share the same cores and need twice the memory.</summary>
/// <remarks>Safe for concurrent use. Who waits is served in order; who names a device waits for that one only.</remarks>
internal sealed class InferenceLanes : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Lazy<IReadOnlyList<InferenceLane>> _lanes;
    private readonly HashSet<InferenceLane> _busy = [];
    private readonly HashSet<Visit> _visits = [];
    private readonly LinkedList<Waiter> _waiting = [];

    /// <summary>Creates the lanes of some devices at the first use.</summary>
    public InferenceLanes(DeviceInventory devices, IBundleOpener opener, ILogger<BundleRunnerCache> logger)
        : this(() => [.. devices.Devices.Where(d => d.Id != "cpu").Select(d => d.Id)], opener, logger)
    {
    }

    /// <summary>Creates the lanes of some GPUs at the first use.</summary>
    internal InferenceLanes(Func<IReadOnlyList<string>> gpus, IBundleOpener opener, ILogger<BundleRunnerCache> logger) => _lanes = new(() =>
    {
        var found = gpus();
        return [.. (found.Count > 1 ? found : [string.Empty]).Select(id => new InferenceLane(id, new BundleRunnerCache(opener, logger)))];
    });

    /// <summary>How many inferences can run at a time.</summary>
    public int Count => _lanes.Value.Count;

    /// <summary>Inferences that run now.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
                return _busy.Count;
        }
    }

    /// <summary>The bundle folders that are open.</summary>
    public IReadOnlyList<string> Folders => _lanes.IsValueCreated ? [.. _lanes.Value.SelectMany(l => l.Runners.Folders).Distinct(StringComparer.Ordinal)] : [];

    /// <summary>Waits for a lane; dispose the visit to leave it.</summary>
    /// <param name="device">The device that the request names; empty, <c>auto</c>, the CPU and names without a lane take any.</param>
    /// <param name="cancellationToken">Leaves the queue.</param>
    public Task<Visit> EnterAsync(string device, CancellationToken cancellationToken)
    {
        var fits = _lanes.Value.Where(l => l.Device.Equals(device, StringComparison.OrdinalIgnoreCase)).ToList();
        return EnterAsync(fits.Count > 0 ? fits : _lanes.Value, cancellationToken);
    }

    /// <summary>Waits until the inferences that are cancelled have let go; with one lane until nothing runs.</summary>
    /// <remarks>On other GPUs inferences of other people go on meanwhile, and nobody should wait for those.</remarks>
    public Task AwaitIdleAsync(CancellationToken cancellationToken)
    {
        List<Task> ends;
        lock (_gate)
            ends = [.. _visits.Where(v => Count == 1 || v.IsCancelled).Select(v => v.End)];
        return Task.WhenAll(ends).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_lanes.IsValueCreated)
            return;
        foreach (var lane in _lanes.Value)
            lane.Runners.Dispose();
    }

    private async Task<Visit> EnterAsync(IReadOnlyList<InferenceLane> lanes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_gate)
        {
            if (lanes.FirstOrDefault(l => !_busy.Contains(l)) is { } free)
            {
                _busy.Add(free);
                return Begin(free, cancellationToken);
            }

            waiter = new Waiter(lanes);
            _waiting.AddLast(waiter);
        }

        await using (cancellationToken.Register(() => Abandon(waiter, cancellationToken)))
        {
            var lane = await waiter.Turn.Task;
            lock (_gate)
                return Begin(lane, cancellationToken);
        }
    }

    private Visit Begin(InferenceLane lane, CancellationToken cancellationToken)
    {
        var visit = new Visit(this, lane, cancellationToken);
        _visits.Add(visit);
        return visit;
    }

    private void Abandon(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // One that is no longer in the list has its lane already.
            if (_waiting.Remove(waiter))
                waiter.Turn.SetCanceled(cancellationToken);
        }
    }

    private void Leave(Visit visit)
    {
        lock (_gate)
        {
            _visits.Remove(visit);
            var lane = visit.Lane;
            if (_waiting.FirstOrDefault(w => w.Lanes.Contains(lane)) is { } next)
            {
                _waiting.Remove(next);
                next.Turn.SetResult(lane);
            }
            else
            {
                _busy.Remove(lane);
            }
        }
    }

    /// <summary>The use of a lane, until it is disposed.</summary>
    internal sealed class Visit(InferenceLanes lanes, InferenceLane lane, CancellationToken cancellationToken) : IDisposable
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left;

        /// <summary>The lane.</summary>
        public InferenceLane Lane { get; } = lane;

        /// <summary>Completes when the lane is left.</summary>
        public Task End => _end.Task;

        /// <summary>Whether nobody wants the inference any more.</summary>
        public bool IsCancelled => cancellationToken.IsCancellationRequested;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) != 0)
                return;
            lanes.Leave(this);
            _end.SetResult();
        }
    }

    private sealed class Waiter(IReadOnlyList<InferenceLane> lanes)
    {
        public IReadOnlyList<InferenceLane> Lanes { get; } = lanes;

        public TaskCompletionSource<InferenceLane> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
