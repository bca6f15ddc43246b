namespace LabelServer.Inference;

/// <summary>How busy the dispatcher is.</summary>
/// <param name="Running">Jobs that a worker computes now.</param>
/// <param name="Waiting">Jobs that wait for their turn.</param>
/// <param name="Capacity">The most jobs that may wait.</param>
public readonly record struct InferenceQueueState(int Running, int Waiting, int Capacity);
