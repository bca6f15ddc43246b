using LabelServer.Jobs;

namespace LabelServer.Tests.Jobs;

public sealed class JobJsonTests
{
    [Fact]
    public void Of_AnEndedJob_HasTheOriginalsKeysInItsOrder()
    {
        var job = new JobRecord
        {
            Id = "f00",
            Kind = "train",
            State = JobState.Stopped,
            Request = """{"model":"tiny","max_epochs":2}""",
            Submitted = new DateTimeOffset(2025, 12, 24, 4, 37, 32, TimeSpan.Zero),
            Ended = new DateTimeOffset(2025, 12, 24, 5, 0, 0, TimeSpan.Zero),
            Details = ["Submitted.", "Stopped."],
        };
        var zone = TimeZoneInfo.CreateCustomTimeZone("two hours east", TimeSpan.FromHours(2), null, null);
        Assert.Equal(
            """{"id":"f00","status":"STOPPED","request":{"model":"tiny","max_epochs":2},"start_ts":"2025-12-24 06:37:32","details":["Submitted.","Stopped."],"end_ts":"2025-12-24 07:00:00"}""",
            JobJson.Of(job, zone).ToJsonString());
    }
}
