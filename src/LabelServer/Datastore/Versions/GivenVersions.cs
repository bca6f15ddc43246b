using LabelServer.Annotators;
using LabelServer.State;

namespace LabelServer.Datastore.Versions;

/// <summary>Which version of a label each annotator was last given: with an image to label, as a download, or by submitting it. So a submit by a client that says nothing of versions can be compared with the newest one.</summary>
/// <remarks>A request that cannot say a name (a download by Slicer) is noted under its address, and counts for everyone at that address.</remarks>
internal sealed class GivenVersions(StateDatabase database)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <summary>The table. Times are milliseconds since 1970 UTC; an empty version means that there was none.</summary>
    public static StateSchema Schema { get; } = new("given_versions",
    [
        """
        CREATE TABLE given_versions (
          image TEXT NOT NULL,
          tag TEXT NOT NULL,
          annotator TEXT NOT NULL,
          version TEXT NOT NULL,
          given INTEGER NOT NULL,
          PRIMARY KEY (image, tag, annotator)
        ) STRICT;
        CREATE INDEX given_versions_by_time ON given_versions (given);
        """,
    ]);

    /// <summary>Notes what an annotator has now seen; null: that there is no label.</summary>
    /// <exception cref="StateException">It cannot be written.</exception>
    public void Note(string imageId, string tag, Annotator annotator, string? version, DateTimeOffset now) => database.Write(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            DELETE FROM given_versions WHERE given < $old;
            INSERT INTO given_versions (image, tag, annotator, version, given) VALUES ($image, $tag, $annotator, $version, $now)
            ON CONFLICT (image, tag, annotator) DO UPDATE SET version = excluded.version, given = excluded.given
            """;
        command.Parameters.AddWithValue("$old", (now - Kept).ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$image", imageId);
        command.Parameters.AddWithValue("$tag", tag);
        command.Parameters.AddWithValue("$annotator", annotator.Name);
        command.Parameters.AddWithValue("$version", version ?? string.Empty);
        command.Parameters.AddWithValue("$now", now.ToUnixTimeMilliseconds());
        command.ExecuteNonQuery();
    });

    /// <summary>What an annotator was given last, or null when nothing is known.</summary>
    /// <exception cref="StateException">It cannot be read.</exception>
    public KnownVersion? Find(string imageId, string tag, Annotator annotator) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT version FROM given_versions WHERE image = $image AND tag = $tag AND annotator IN ($name, $address)
            ORDER BY given DESC, version DESC LIMIT 1
            """;
        command.Parameters.AddWithValue("$image", imageId);
        command.Parameters.AddWithValue("$tag", tag);
        command.Parameters.AddWithValue("$name", annotator.Name);
        command.Parameters.AddWithValue("$address", annotator.IsLoggedIn ? annotator.Name : annotator.Address);
        return command.ExecuteScalar() is string version ? new KnownVersion(version.Length == 0 ? null : version) : null;
    });
}
