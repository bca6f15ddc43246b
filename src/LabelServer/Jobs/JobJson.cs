using System.Globalization;
using System.Text.Json.Nodes;

namespace LabelServer.Jobs;

/// <summary>Writes a job as clients read it (protocol 7.1).</summary>
internal static class JobJson
{
    /// <summary>The object. Times are local ones without a zone, as in the original; keys in its order.</summary>
    public static JsonObject Of(JobRecord job, TimeZoneInfo zone)
    {
        var json = new JsonObject
        {
            ["id"] = job.Id,
            ["status"] = Word(job.State),
            ["request"] = JsonNode.Parse(job.Request),
            ["start_ts"] = Stamp(job.Submitted, zone),
            ["details"] = new JsonArray([.. job.Details.Select(line => (JsonNode?)line)]),
        };
        if (job.Ended is { } ended)
            json["end_ts"] = Stamp(ended, zone);
        return json;
    }

    /// <summary>A state in the protocol's words.</summary>
    public static string Word(JobState state) => state switch
    {
        JobState.Submitted => "SUBMITTED",
        JobState.Running => "RUNNING",
        JobState.Done => "DONE",
        JobState.Error => "ERROR",
        _ => "STOPPED",
    };

    private static string Stamp(DateTimeOffset time, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
