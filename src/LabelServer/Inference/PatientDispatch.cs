namespace LabelServer.Inference;

/// <summary>Lets background work wait for room in the queue that people's requests go through, instead of failing when it is full.</summary>
internal static class PatientDispatch
{
    /// <summary>Sends until there is room.</summary>
    /// <param name="send">Sends; its job must be able to start anew.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public static async Task<T> RunAsync<T>(Func<Task<T>> send, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await send();
            }
            catch (InferenceQueueFullException full)
            {
                await Task.Delay(full.RetryAfter, time, cancellationToken);
            }
        }
    }
}
