namespace LabelServer.Workers;

/// <summary>How the server runs its worker process.</summary>
public sealed record WorkerOptions
{
    /// <summary>The worker's program (<c>LabelServer.Worker</c>, its <c>.exe</c> or its <c>.dll</c>). Null: in the folder <c>worker</c> beside the server, or where <c>LABELSERVER_WORKER</c> says.</summary>
    public string? Program { get; init; }

    /// <summary>Whether the worker is started with the server, in the background; otherwise by the first job.</summary>
    public bool StartWithServer { get; init; } = true;

    /// <summary>How long a start may take. Loading libtorch from a cold disk takes several seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a worker may go on computing after its job was cancelled. Then it is ended and started again, so that the next job does not wait for one that nobody wants.</summary>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>The most time between two attempts to start a worker that will not start.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Jobs that a worker computes at a time. One uses all cores already.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>Jobs that may wait; beyond them a job is refused with <see cref="Inference.InferenceQueueFullException"/>.</summary>
    public int QueueLength { get; init; } = 16;

    /// <summary>The longest time a job may run when it does not say.</summary>
    public TimeSpan JobTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Threads for native operations; null: as many as the process may use (container limits included), unless <c>OMP_NUM_THREADS</c> is set.</summary>
    public int? Threads { get; init; }

    /// <summary>The library that networks run by: <c>auto</c> (what a bundle's files allow, the faster one), <c>torch</c> or <c>onnx</c>.</summary>
    public string Runtime { get; init; } = "auto";

    /// <summary>Folders that the system's loader searches for native libraries first; empty for none.</summary>
    public string LibraryPath { get; init; } = string.Empty;

    /// <summary>The GPUs that the worker may see, as <c>CUDA_VISIBLE_DEVICES</c> takes them; null for all.</summary>
    public string? VisibleGpus { get; init; }

    /// <summary>Whether it gives way to other processes, so that an inference is quick while a training runs.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whether it is there to train: the C library's memory is then laid out for many tensors of many sizes, not for one window after the other.</summary>
    public bool Trains { get; init; }

    /// <summary>Whether a worker keeps preprocessed images and label maps, so that the same request in another format costs milliseconds.</summary>
    public bool ResultCache { get; init; } = true;

    /// <summary>Folder for results on their way to the client; null for the system's temporary folder.</summary>
    public string? SpoolFolder { get; init; }
}
