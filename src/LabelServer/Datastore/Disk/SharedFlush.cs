using System.Runtime.ExceptionServices;

namespace LabelServer.Datastore.Disk;

/// <summary>Lets callers who want the same thing flushed share one flush: those who come while one runs wait for the next, which then serves all of them.</summary>
/// <remarks>
/// A caller returns only after a flush that began after its call, so what it had written before is on the disk. A flush that fails is told to everyone who had come by then: the system may have
/// taken their bytes along and forgotten them, and would then report the next flush as a success (Linux tells of a failed writing only once).
/// </remarks>
internal sealed class SharedFlush
{
    private readonly object _gate = new();
    private long _begun;
    private long _done;
    private long _failed;
    private ExceptionDispatchInfo? _failure;
    private bool _running;

    /// <summary>Flushes, or waits for a flush by another caller that began after this call.</summary>
    public void Run(Action flush)
    {
        lock (_gate)
        {
            var seen = _begun;
            while (_running)
            {
                Monitor.Wait(_gate);
                if (_failed >= seen)
                {
                    _failure!.Throw();
                }

                if (_done > seen)
                {
                    return;
                }
            }

            _running = true;
            _begun++;
        }

        ExceptionDispatchInfo? failure = null;
        try
        {
            flush();
        }
        catch (Exception error)
        {
            failure = ExceptionDispatchInfo.Capture(error);
            throw;
        }
        finally
        {
            lock (_gate)
            {
                _running = false;
                if (failure is null)
                {
                    _done = _begun;
                }
                else
                {
                    (_failed, _failure) = (_begun, failure);
                }

                Monitor.PulseAll(_gate);
            }
        }
    }
}
