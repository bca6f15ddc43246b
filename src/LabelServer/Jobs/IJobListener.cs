namespace LabelServer.Jobs;

/// <summary>Is told when a job changes: its state or its lines.</summary>
public interface IJobListener
{
    /// <summary>A job has changed. Returns at once and does not throw: it runs on the thread of the job, inside the lock of its queue, so that changes come in the order in which they happened.</summary>
    void OnChanged(JobRecord job);
}
