using LabelServer.Annotators;
using LabelServer.State;
using Microsoft.Data.Sqlite;

namespace LabelServer.ActiveLearning.Leases;

/// <summary>Keeps leases in the state database, so that they outlive a restart.</summary>
internal sealed class SqliteLeaseStore(StateDatabase database) : ILeaseStore
{
    /// <summary>The table. Times are milliseconds since 1970 UTC.</summary>
    public static StateSchema Schema { get; } = new("leases",
    [
        """
        CREATE TABLE leases (
          image TEXT NOT NULL,
          holder TEXT NOT NULL,
          address TEXT NOT NULL,
          taken INTEGER NOT NULL,
          until INTEGER NOT NULL,
          PRIMARY KEY (image, holder)
        ) STRICT;
        CREATE INDEX leases_by_until ON leases (until);
        """,
    ]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Lease>> LiveAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Lease>>(database.Read(connection =>
    {
        using var command = Command(connection, "SELECT image, holder, address, taken, until FROM leases WHERE until > $now", ("$now", now.ToUnixTimeMilliseconds()));
        using var rows = command.ExecuteReader();
        var leases = new List<Lease>();
        while (rows.Read())
            leases.Add(new(rows.GetString(0), rows.GetString(1), rows.GetString(2), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3)), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(4))));
        return leases;
    }));

    /// <inheritdoc/>
    public Task<bool> TryTakeAsync(string imageId, Annotator holder, int places, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) => Task.FromResult(database.Write(connection =>
    {
        // The transaction has the database for itself: what is counted here is still so when the row is written.
        using var clean = Command(connection, "DELETE FROM leases WHERE until <= $now", ("$now", now.ToUnixTimeMilliseconds()));
        clean.ExecuteNonQuery();
        using var count = Command(connection, "SELECT COUNT(*) FROM leases WHERE image = $image AND holder <> $holder", ("$image", imageId), ("$holder", holder.Name));
        if ((long)count.ExecuteScalar()! >= places)
            return false;
        using var take = Command(
            connection,
            """
            INSERT INTO leases (image, holder, address, taken, until) VALUES ($image, $holder, $address, $taken, $until)
            ON CONFLICT (image, holder) DO UPDATE SET address = excluded.address, taken = excluded.taken, until = excluded.until
            """,
            ("$image", imageId),
            ("$holder", holder.Name),
            ("$address", holder.Address),
            ("$taken", now.ToUnixTimeMilliseconds()),
            ("$until", until.ToUnixTimeMilliseconds()));
        take.ExecuteNonQuery();
        return true;
    }));

    /// <inheritdoc/>
    public Task RenewAsync(string imageId, Annotator by, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        foreach (var holder in HoldersOf(imageId, by))
        {
            database.Write(connection =>
            {
                using var command = Command(
                    connection,
                    "UPDATE leases SET until = MAX(until, $until) WHERE image = $image AND holder = $holder AND until > $now",
                    ("$until", until.ToUnixTimeMilliseconds()),
                    ("$image", imageId),
                    ("$holder", holder),
                    ("$now", now.ToUnixTimeMilliseconds()));
                command.ExecuteNonQuery();
            });
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(string imageId, Annotator by, CancellationToken cancellationToken)
    {
        foreach (var holder in HoldersOf(imageId, by))
        {
            database.Write(connection =>
            {
                using var command = Command(connection, "DELETE FROM leases WHERE image = $image AND holder = $holder", ("$image", imageId), ("$holder", holder));
                command.ExecuteNonQuery();
            });
        }

        return Task.CompletedTask;
    }

    // Asked first, because most requests concern images that nobody has reserved, and reading waits for nobody.
    private List<string> HoldersOf(string imageId, Annotator by) => database.Read(connection =>
    {
        using var command = Command(connection, "SELECT holder, address FROM leases WHERE image = $image", ("$image", imageId));
        using var rows = command.ExecuteReader();
        var holders = new List<string>();
        while (rows.Read())
        {
            if (by.MayBe(rows.GetString(0), rows.GetString(1)))
                holders.Add(rows.GetString(0));
        }

        return holders;
    });

    private static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only texts of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
