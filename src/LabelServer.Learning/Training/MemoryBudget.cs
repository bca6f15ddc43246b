namespace LabelServer.Learning.Training;

/// <summary>How much memory may be taken for prepared samples. Thread-safe.</summary>
/// <param name="bytes">Bytes in all.</param>
internal sealed class MemoryBudget(long bytes)
{
    private long _left = bytes;

    /// <summary>Takes a part, if there is that much left.</summary>
    public bool TryTake(long size)
    {
        var left = Volatile.Read(ref _left);
        while (left >= size)
        {
            var seen = Interlocked.CompareExchange(ref _left, left - size, left);
            if (seen == left)
            {
                return true;
            }

            left = seen;
        }

        return false;
    }
}
