using LabelServer.State;
using LabelServer.Tests.Doubles;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.State;

public sealed class StateDatabaseTests : IDisposable
{
    private static readonly StateSchema First = new("notes", ["CREATE TABLE notes (text TEXT NOT NULL) STRICT"]);
    private static readonly StateSchema Second = First with { Steps = [.. First.Steps, "ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody'"] };
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Write_IsSeenByTheNextOpening()
    {
        using (var database = Open(First))
            Add(database, "kept");
        using var again = Open(First);
        Assert.Equal(["kept"], Texts(again));
    }

    [Fact]
    public void Write_ThatThrows_ChangesNothing()
    {
        using var database = Open(First);
        Assert.Throws<InvalidOperationException>(() => database.Write(connection =>
        {
            Insert(connection, "half");
            throw new InvalidOperationException();
        }));
        Assert.Empty(Texts(database));
    }

    [Fact]
    public void Open_WithAFurtherStep_KeepsWhatWasThere()
    {
        using (var database = Open(First))
            Add(database, "old");
        using var newer = Open(Second);
        Assert.Equal("old by nobody", newer.Read(connection => Text(connection, "SELECT text || ' by ' || author FROM notes")));
    }

    [Fact]
    public void Open_ByAnOlderProgram_IsRefusedWithTheWayOut()
    {
        using (var database = Open(Second))
            Add(database, "new");
        using var older = Open(First);
        var error = Assert.Throws<StateUnavailableException>(() => Texts(older));
        Assert.Contains("newer LabelServer", error.Message, StringComparison.Ordinal);
        Assert.Contains("delete the file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AFileThatIsNoDatabase_MovesItAsideAndBeginsAnew()
    {
        var file = Path.Combine(_folder.Path, "state.db");
        File.WriteAllText(file, new string('x', 5000));
        using var database = Open(First);
        Add(database, "fresh");
        Assert.Equal(["fresh"], Texts(database));
        Assert.Equal(new string('x', 5000), File.ReadAllText(Assert.Single(Directory.GetFiles(_folder.Path, "*.damaged"))));
    }

    [Fact]
    public void Open_WithTheFeaturesInAnotherOrder_GivesEachItsTables()
    {
        var other = new StateSchema("others", ["CREATE TABLE others (id INTEGER) STRICT"]);
        using (var database = Open(First))
            Add(database, "kept");
        using var both = Open(other, First);
        Assert.Equal(["kept"], Texts(both));
        Assert.Equal("0", both.Read(connection => Text(connection, "SELECT count(*) FROM others")));
    }

    [Fact]
    public void Open_AStateFolderOfOtherStudies_IsRefused()
    {
        using (var mine = Open(new StateOptions(_folder.Path, "/data/mine"), First))
            Add(mine, "mine");
        using var theirs = Open(new StateOptions(_folder.Path, "/data/theirs"), First);
        Assert.Contains("/data/mine", Assert.Throws<StateUnavailableException>(() => Texts(theirs)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_InAFolderThatCannotBe_SaysHowToChooseAnother()
    {
        var file = Path.Combine(_folder.Path, "a file");
        File.WriteAllText(file, string.Empty);
        using var database = Open(new StateOptions(Path.Combine(file, "state")), First);
        Assert.Contains("--state DIR", Assert.Throws<StateUnavailableException>(() => Texts(database)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private StateDatabase Open(params StateSchema[] schemas) => Open(new StateOptions(_folder.Path), schemas);

    private static StateDatabase Open(StateOptions options, params StateSchema[] schemas) => new(options, schemas, TimeProvider.System, NullLogger<StateDatabase>.Instance);

    private static void Add(StateDatabase database, string text) => database.Write(connection => Insert(connection, text));

    private static void Insert(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO notes (text) VALUES ($text)";
        command.Parameters.AddWithValue("$text", text);
        command.ExecuteNonQuery();
    }

    private static List<string> Texts(StateDatabase database) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT text FROM notes";
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read())
            texts.Add(rows.GetString(0));
        return texts;
    });

    private static string Text(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only the texts above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture)!;
    }
}
