using Microsoft.Data.Sqlite;

namespace LabelServer.State;

/// <summary>One small SQLite database for what the server must remember between starts and what is no part of the studies: jobs and leases.</summary>
/// <remarks>
/// <para>Opened by the first use. Removing the file (with its <c>-wal</c> and <c>-shm</c>) while the server is stopped loses leases and the history of jobs, and nothing else. A damaged file is moved aside and a new one begun.</para>
/// <para>Write-ahead logging: readers never wait, writers take turns. What was written survives the death of the process; a power cut may take the last moments, never the file.</para>
/// <para>Statements are short and local, so the calls are synchronous. Safe for concurrent use.</para>
/// </remarks>
internal sealed partial class StateDatabase : IDisposable
{
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int NoDatabase = 26;
    private readonly StateOptions _options;
    private readonly IReadOnlyList<StateSchema> _schemas;
    private readonly TimeProvider _time;
    private readonly ILogger<StateDatabase> _logger;
    private readonly string _connection;
    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private bool _isReady;

    /// <summary>Creates the database object; nothing is opened yet.</summary>
    public StateDatabase(StateOptions options, IEnumerable<StateSchema> schemas, TimeProvider time, ILogger<StateDatabase> logger)
    {
        _options = options;
        _schemas = [.. schemas];
        _time = time;
        _logger = logger;

        // The time-out is how long a writer waits for its turn, in seconds.
        _connection = new SqliteConnectionStringBuilder { DataSource = options.File, ForeignKeys = true, DefaultTimeout = 5, Pooling = true }.ToString();
    }

    /// <summary>The database's file.</summary>
    public string File => _options.File;

    /// <summary>Runs a query.</summary>
    /// <exception cref="StateException">The database cannot be read.</exception>
    public T Read<T>(Func<SqliteConnection, T> query) => Guard(() =>
    {
        using var connection = Open();
        return query(connection);
    });

    /// <summary>Runs statements in one transaction, which is undone when <paramref name="change"/> throws.</summary>
    /// <exception cref="StateException">The database cannot be written; nothing has changed.</exception>
    public T Write<T>(Func<SqliteConnection, T> change) => Guard(() =>
    {
        using var connection = Open();

        // SQLite has one writer at a time, and one that finds another at work is let sleep for a sixth of a second.
        lock (_writing)
        {
            using var transaction = connection.BeginTransaction();
            var result = change(connection);
            transaction.Commit();
            return result;
        }
    });

    /// <inheritdoc cref="Write{T}"/>
    public void Write(Action<SqliteConnection> change) => Write(connection =>
    {
        change(connection);
        return true;
    });

    /// <summary>Closes all connections, so that the file can be moved.</summary>
    public void Dispose()
    {
        using var connection = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(connection);
    }

    private SqliteConnection Open()
    {
        lock (_gate)
        {
            if (!_isReady)
            {
                Prepare();
                _isReady = true;
            }
        }

        return Connect();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connection);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA synchronous = NORMAL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Prepare()
    {
        Directory.CreateDirectory(_options.Folder);
        try
        {
            Migrate();
        }
        catch (SqliteException error) when (error.SqliteErrorCode is Corrupt or NoDatabase)
        {
            MoveAside(error);
            Migrate();
        }
    }

    private void Migrate()
    {
        using var connection = Connect();
        Execute(connection, "PRAGMA journal_mode = WAL");
        using var transaction = connection.BeginTransaction();
        Execute(connection, "CREATE TABLE IF NOT EXISTS schema_steps (feature TEXT PRIMARY KEY, step INTEGER NOT NULL) STRICT");
        Execute(connection, "CREATE TABLE IF NOT EXISTS owner (id INTEGER PRIMARY KEY CHECK (id = 1), studies TEXT NOT NULL) STRICT");
        CheckOwner(connection);
        foreach (var schema in _schemas)
            Migrate(connection, schema);
        transaction.Commit();
    }

    private void CheckOwner(SqliteConnection connection)
    {
        if (_options.Owner is not { } studies)
            return;
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO owner (id, studies) VALUES (1, $studies) ON CONFLICT DO NOTHING; SELECT studies FROM owner";
        command.Parameters.AddWithValue("$studies", studies);
        if (command.ExecuteScalar() is string other && other != studies)
        {
            throw new StateUnavailableException(
                $"The state database {File} belongs to the studies folder {other}, not to {studies}. Give each studies folder a state folder of its own (--state DIR); if the studies were moved, delete {Path.GetFileName(File)}: only leases and the history of jobs are in it.");
        }
    }

    private void Migrate(SqliteConnection connection, StateSchema schema)
    {
        using var asking = connection.CreateCommand();
        asking.CommandText = "SELECT step FROM schema_steps WHERE feature = $feature";
        asking.Parameters.AddWithValue("$feature", schema.Feature);
        var done = (int)((long?)asking.ExecuteScalar() ?? 0);
        if (done > schema.Steps.Count)
        {
            throw new StateUnavailableException(
                $"The state database {File} was written by a newer LabelServer ({schema.Feature} at step {done}; this program knows {schema.Steps.Count}). Use that one, or delete the file while no server runs: only leases and the history of jobs are in it.");
        }

        foreach (var step in schema.Steps.Skip(done))
            Execute(connection, step);
        using var noting = connection.CreateCommand();
        noting.CommandText = "INSERT INTO schema_steps (feature, step) VALUES ($feature, $step) ON CONFLICT (feature) DO UPDATE SET step = excluded.step";
        noting.Parameters.AddWithValue("$feature", schema.Feature);
        noting.Parameters.AddWithValue("$step", schema.Steps.Count);
        noting.ExecuteNonQuery();
    }

    private void MoveAside(SqliteException error)
    {
        Dispose();
        var aside = $"{File}.{_time.GetUtcNow():yyyyMMdd'_'HHmmss}.damaged";
        System.IO.File.Move(File, aside, overwrite: true);
        foreach (var companion in (string[])["-wal", "-shm"])
            System.IO.File.Delete(File + companion);
        LogDamaged(File, error.Message, aside);
    }

    private T Guard<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (SqliteException error) when (error.SqliteErrorCode == Full)
        {
            throw new StateFullException($"The disk of the server's state ({File}) is full. Nothing was changed. Free some space on it, or start the server with --state DIR on another disk.", error);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StateUnavailableException($"The server's state ({File}) cannot be used: {error.Message} Start the server with --state DIR on a local disk that can be written.", error);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only texts of this program.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    [LoggerMessage(1, LogLevel.Error, "The state database {File} is damaged ({Reason}). It was moved to {Aside} and begun anew: leases and the history of jobs are lost, images, labels and models are not in it.")]
    private partial void LogDamaged(string file, string reason, string aside);
}
