namespace LabelServer.Inference.Transforms;

/// <summary>What a transform may use while it runs: threads, cancellation, random numbers. Immutable; one context may serve many samples.</summary>
public sealed class TransformContext
{
    /// <summary>Creates a context.</summary>
    /// <param name="maxParallelism">The most threads that one kernel uses; -1 means all processors.</param>
    /// <param name="random">The source of randomness for augmentation; null where a chain must be deterministic.</param>
    /// <param name="cancellationToken">Stops the running kernel within one plane.</param>
    public TransformContext(int maxParallelism = -1, Random? random = null, CancellationToken cancellationToken = default)
    {
        Random = random;
        Parallel = new ParallelOptions { MaxDegreeOfParallelism = maxParallelism, CancellationToken = cancellationToken };
    }

    /// <summary>Threads and cancellation in the form that the kernels of <c>LabelServer.Imaging</c> take.</summary>
    public ParallelOptions Parallel { get; }

    /// <summary>The source of randomness, or null where the chain must be deterministic.</summary>
    public Random? Random { get; }

    /// <summary>Cancels the running step.</summary>
    public CancellationToken CancellationToken => Parallel.CancellationToken;
}
