namespace LabelServer.Hosting;

/// <summary>Which background tasks are switched on (<c>MONAI_LABEL_TASKS_TRAIN</c>, <c>MONAI_LABEL_TASKS_BATCH_INFER</c>; protocol 12.1). Strategies and scoring have switches of their own.</summary>
/// <param name="Train">Whether models may be trained; false lists no trainers.</param>
/// <param name="BatchInfer">Whether batches may be inferred.</param>
public sealed record EnabledTasks(bool Train = true, bool BatchInfer = true)
{
    /// <summary>Reads the switches.</summary>
    /// <exception cref="ServerOptionsException">A value is no truth value.</exception>
    public static EnabledTasks From(EnvironmentSettings environment)
    {
        var faults = new List<string>();
        var tasks = new EnabledTasks(environment.Boolean("MONAI_LABEL_TASKS_TRAIN", true, faults), environment.Boolean("MONAI_LABEL_TASKS_BATCH_INFER", true, faults));
        return faults.Count == 0 ? tasks : throw new ServerOptionsException(faults);
    }
}
