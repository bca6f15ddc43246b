using LabelServer.Jobs;

namespace LabelServer.Live;

/// <summary>Tells the hub each change of a job, as the message <c>job</c>: the task of protocol 7.1 with its <c>kind</c>.</summary>
internal sealed class JobFeed(LiveFeed live, TimeProvider time) : IJobListener
{
    /// <summary>The name of the messages.</summary>
    public const string Method = "job";

    /// <inheritdoc/>
    public void OnChanged(JobRecord job)
    {
        var message = JobJson.Of(job, time.LocalTimeZone);
        message.Insert(0, "kind", job.Kind);
        live.Send(Method, message, keep: false);
    }
}
