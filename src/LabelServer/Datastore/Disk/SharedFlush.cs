namespace LabelServer.Datastore.Disk;

/// <summary>Lets callers who want the same thing flushed share one flush: those who come while one runs wait for the next, which then serves all of them.</summary>
/// <remarks>A caller returns only after a flush that began after its call, so what it had written before is on the disk. A flush that fails is told to the one who ran it; the others try again.</remarks>
internal sealed class SharedFlush
{
    private readonly object _gate = new();
    private long _begun;
    private long _done;
    private bool _running;

    /// <summary>Flushes, or waits for a flush by another caller that began after this call.</summary>
    public void Run(Action flush)
    {
        lock (_gate)
        {
            var needed = _begun + 1;
            while (_running)
            {
                Monitor.Wait(_gate);
                if (_done >= needed)
                {
                    return;
                }
            }

            _running = true;
            _begun++;
        }

        var succeeded = false;
        try
        {
            flush();
            succeeded = true;
        }
        finally
        {
            lock (_gate)
            {
                _running = false;
                _done = succeeded ? _begun : _done;
                Monitor.PulseAll(_gate);
            }
        }
    }
}
