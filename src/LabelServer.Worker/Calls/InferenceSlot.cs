namespace LabelServer.Worker.Calls;

/// <summary>Lets one inference run at a time: two would share the same cores and need twice the memory.</summary>
internal sealed class InferenceSlot : IDisposable
{
    private readonly SemaphoreSlim _free = new(1, 1);

    /// <summary>Inferences that run now: 0 or 1.</summary>
    public int Running => 1 - _free.CurrentCount;

    /// <summary>Waits for the slot; dispose what is returned to leave it.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return new Holder(_free);
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private sealed class Holder(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
