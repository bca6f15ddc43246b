using System.Text.Json;
using LabelServer.Http;
using LabelServer.State;
using Microsoft.Data.Sqlite;

namespace LabelServer.Jobs;

/// <summary>Keeps jobs in the state database.</summary>
internal sealed class SqliteJobStore(StateDatabase database) : IJobStore
{
    /// <summary>The tables. Times are milliseconds since 1970 UTC.</summary>
    public static StateSchema Schema { get; } = new("jobs",
    [
        """
        CREATE TABLE jobs (
          sequence INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          kind TEXT NOT NULL,
          state TEXT NOT NULL,
          request TEXT NOT NULL,
          submitted INTEGER NOT NULL,
          ended INTEGER,
          details TEXT NOT NULL
        ) STRICT;
        CREATE INDEX jobs_by_kind ON jobs (kind, sequence);
        """,
    ]);

    /// <inheritdoc/>
    public void Save(JobRecord job) => database.Write(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            INSERT INTO jobs (id, kind, state, request, submitted, ended, details) VALUES ($id, $kind, $state, $request, $submitted, $ended, $details)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, ended = excluded.ended, details = excluded.details
            """;
        command.Parameters.AddWithValue("$id", job.Id);
        command.Parameters.AddWithValue("$kind", job.Kind);
        command.Parameters.AddWithValue("$state", job.State.ToString());
        command.Parameters.AddWithValue("$request", job.Request);
        command.Parameters.AddWithValue("$submitted", job.Submitted.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$ended", (object?)job.Ended?.ToUnixTimeMilliseconds() ?? DBNull.Value);
        command.Parameters.AddWithValue("$details", JsonSerializer.Serialize(job.Details, RecordJson.Default.IReadOnlyListString));
        command.ExecuteNonQuery();
    });

    /// <inheritdoc/>
    public IReadOnlyList<JobRecord> List(string kind) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, state, request, submitted, ended, details FROM jobs WHERE kind = $kind ORDER BY sequence";
        command.Parameters.AddWithValue("$kind", kind);
        using var rows = command.ExecuteReader();
        var jobs = new List<JobRecord>();
        while (rows.Read())
            jobs.Add(Read(rows, kind));
        return jobs;
    });

    /// <inheritdoc/>
    public void Prune(string kind, int keep) => database.Write(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            DELETE FROM jobs WHERE kind = $kind AND ended IS NOT NULL
            AND sequence NOT IN (SELECT sequence FROM jobs WHERE kind = $kind ORDER BY sequence DESC LIMIT $keep)
            """;
        command.Parameters.AddWithValue("$kind", kind);
        command.Parameters.AddWithValue("$keep", keep);
        command.ExecuteNonQuery();
    });

    private static JobRecord Read(SqliteDataReader row, string kind) => new()
    {
        Id = row.GetString(0),
        Kind = kind,
        State = Enum.Parse<JobState>(row.GetString(1)),
        Request = row.GetString(2),
        Submitted = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
        Ended = row.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
        Details = JsonSerializer.Deserialize(row.GetString(5), RecordJson.Default.ListString) ?? [],
    };
}
