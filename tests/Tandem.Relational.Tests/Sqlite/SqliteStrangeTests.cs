using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Sqlite;
using Tandem.Tables;

namespace Tandem.Relational.Tests.Sqlite;

/// <summary>SQLite files that nobody here designed.</summary>
public sealed class SqliteStrangeTests : IAsyncLifetime
{
    private static readonly WriteContext s_ann = new("Ann");
    private SqliteFile _file = null!;
    private SqliteDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _file = await SqliteFile.CreateAsync(Script);
        _database = await _file.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _file.Dispose();
    }

    public static TheoryData<string, string> Odd => new()
    {
        { "n", "'a text'" }, { "n", "1.5" }, { "n", "x'0102'" }, { "n", "9223372036854775807" },
        { "t", "x'00ff'" }, { "t", "'1'" }, { "r", "'much'" }, { "r", "3" }, { "b", "'yes'" }, { "b", "2" }, { "b", "1" },
        { "d", "'2026-11-20'" }, { "d", "'20.11.2026'" }, { "d", "45000" }, { "d", "2460000.5" }, { "ts", "'2026-11-20 14:30'" }, { "ts", "'2026-11-20T14:30:00.123Z'" }, { "ts", "1700000000" },
        { "dec", "0.1" }, { "dec", "1234567.125" }, { "dec", "'12,5'" }, { "u", "'0196F3A0-0000-7000-8000-00000000000A'" }, { "j", "'{\"a\":1}'" }, { "j", "'not json'" },
        { "anything", "1" }, { "anything", "'1'" }, { "anything", "1.5" }, { "anything", "x'01'" },
    };

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task Value_OfAnyTypeInAnyColumn_IsShownGuardedToldAndWrittenBack(string column, string literal)
    {
        var table = _database.Find("loose")!;
        await _file.ExecuteAsync($"INSERT INTO loose (id, {column}) VALUES (1, {literal}), (2, {literal})");
        var key = new RecordKey(1L);

        var value = (await table.GetAsync(key, Token))![column];
        Assert.NotNull(value);
        var emptied = await table.WriteAsync(new Write.Update(key, Patch.Of(column, null), new Guard(Patch.Of(column, value)), s_ann), Token);
        Assert.True(emptied is WriteResult.Written { Change: not null }, $"'{value}': {emptied}");
        Assert.IsType<WriteResult.Conflicted>(await table.WriteAsync(new Write.Update(key, Patch.Of("id2", 1L), new Guard(Patch.Of(column, value)), s_ann), Token));
        var written = Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Update(key, Patch.Of(column, value), new Guard(Patch.Of(column, null)), s_ann), Token));
        Assert.True(Values.Same(table.Schema[column], value, written.Stored[column]), $"sent '{value}', stored '{written.Stored[column]}'");

        // Not one bit differs from the row that Tandem never touched.
        await using var connection = await _file.ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(DISTINCT typeof({column}) || quote({column})) FROM loose";
        Assert.Equal(1L, await command.ExecuteScalarAsync(Token));
    }

    [Theory]
    [InlineData("Order Details")]
    [InlineData("select")]
    [InlineData("O'Brien \"x\"")]
    [InlineData("Таблица/1.2")]
    [InlineData("without_row")]
    [InlineData("strict_one")]
    public async Task Table_OfAnOddKind_IsReadWrittenAndHeard(string name)
    {
        var table = _database.Find(name)!;
        await using var reader = new ChangeCollector(t => table.ChangesAsync(null, t));
        var field = table.Schema.Fields.First(f => !table.Schema.IsKeyField(f.Name)).Name;
        var keys = new Patch(table.Schema.Key.Select(k => KeyValuePair.Create(k, table.Schema[k].Type == FieldType.Integer ? 1L : (object?)"a,/'\"b%~.\n")));

        var key = Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Insert(keys.With(field, "x"), s_ann), Token)).Stored.Key;
        Assert.True(RecordKey.TryParse(table.Schema, key.ToString(), out var parsed) && parsed.Equals(key));
        Assert.Single((await table.QueryAsync(new() { Filter = Tandem.Querying.Filter.Eq(field, "x"), Order = [new(field, true)] }, Token)).Records);
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Update(parsed, Patch.Of(field, "y"), new Guard(Patch.Of(field, "x")), s_ann), Token));
        Assert.Equal("y", Assert.Single(await table.GetManyAsync([key], null, Token))[field]);
        Assert.Equal(2, (await _database.HistoryAsync(name, key, 10, Token)).Count);
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Delete(key, Guard.None, s_ann), Token));
        Assert.Equal([ChangeKind.Insert, ChangeKind.Update, ChangeKind.Delete], (await reader.CountAsync(3, "all three")).Select(c => c.Kind));
    }

    [Fact]
    public async Task Tables_ThatCannotBeWritten_SayWhy()
    {
        foreach (var name in new[] { "a_view", "keyless", "search" })
        {
            var table = _database.Find(name)!;
            Assert.NotEmpty(table.Schema.ReadOnlyReason!);
            Assert.NotEmpty((await table.QueryAsync(new(), Token)).Records);
            Assert.IsType<WriteResult.Rejected>(await table.WriteAsync(new Write.Insert(Patch.Empty, s_ann), Token));
        }

        Assert.Null(_database.Find("search_data"));
    }

    [Fact]
    public async Task View_ThatIsBroken_DoesNotStopTheRest()
    {
        if (_database.Find("broken") is { } broken)
        {
            await Assert.ThrowsAnyAsync<TandemException>(() => broken.QueryAsync(new(), Token));
        }

        Assert.NotNull(_database.Find("loose"));
    }

    [Fact]
    public async Task Check_OfAName_NamesTheFieldItIsAbout()
    {
        var result = await _database.Find("checked")!.WriteAsync(new Write.Insert(new Patch([new("price", 3L), new("cost", 5L)]), s_ann), Token);

        Assert.Contains(Assert.Single(Assert.IsType<WriteResult.Rejected>(result).Errors).Field, new[] { "price", "cost" });
    }

    [Fact]
    public async Task Content_OfMegabytes_TravelsWhole()
    {
        var table = _database.Find("loose")!;
        var text = new string('ü', 1_500_000);
        var blob = new byte[5_000_000];
        new Random(1).NextBytes(blob);

        var written = Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Insert(new Patch([new("id", 1L), new("t", text), new("x", Blob.FromContent(blob))]), s_ann), Token));
        Assert.Equal(text, (await table.GetAsync(written.Stored.Key, Token))!["t"]);
        Assert.Equal(blob, (await table.ReadBlobAsync(written.Stored.Key, "x", Token))!.Value.ToArray());
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Update(written.Stored.Key, Patch.Of("n", 1L), new Guard(written.Stored.ToPatch()), s_ann), Token));
    }

    [Fact]
    public async Task File_ThatIsEmpty_Opens()
    {
        using var file = await SqliteFile.CreateAsync("SELECT 1");
        await using var empty = await file.OpenAsync();

        Assert.All(empty.Tables, t => Assert.True(t.Schema.IsSystem));
    }

    [Fact]
    public async Task Chinook_Opened_IsReadWhole()
    {
        using var folder = new TempFolder();
        await using var chinook = await SqliteDatabase.OpenAsync(Chinook.CopyTo(folder), null, null, Token);

        var total = 0L;
        foreach (var table in chinook.Tables.Where(t => !t.Schema.IsSystem))
        {
            total += await table.CountAsync(Tandem.Querying.Filter.All, Token);
        }

        Assert.Equal((11, 15_607), (chinook.Tables.Count(t => !t.Schema.IsSystem), total));
    }

    private const string Script = """"
        CREATE TABLE loose (id INTEGER PRIMARY KEY, n INTEGER, t TEXT, r REAL, b BOOLEAN, d DATE, ts DATETIME, dec DECIMAL(10,2), u UUID, j JSON, x BLOB, anything, id2 INTEGER);
        CREATE TABLE "Order Details" ("Order Id" INTEGER, "Line No." INTEGER, "Full Text" TEXT, PRIMARY KEY ("Order Id", "Line No."));
        CREATE TABLE "select" ("from" INTEGER PRIMARY KEY, "where" TEXT);
        CREATE TABLE "O'Brien ""x""" ("k'""ey" TEXT PRIMARY KEY, "v'""al" TEXT);
        CREATE TABLE "Таблица/1.2" ("Ключ" INTEGER PRIMARY KEY, "Значение" TEXT);
        CREATE TABLE without_row (code TEXT PRIMARY KEY, label TEXT) WITHOUT ROWID;
        CREATE TABLE strict_one (code TEXT PRIMARY KEY, label TEXT) STRICT;
        CREATE TABLE keyless (a INTEGER, b TEXT);
        INSERT INTO keyless VALUES (1, 'x'), (1, 'x');
        CREATE VIEW a_view AS SELECT a, b FROM keyless;
        CREATE VIRTUAL TABLE search USING fts5 (body);
        INSERT INTO search VALUES ('some words');
        CREATE TABLE "checked" (id INTEGER PRIMARY KEY, price INTEGER, cost INTEGER, CONSTRAINT earns_something CHECK (price > cost));
        CREATE TABLE fleeting (a INTEGER);
        CREATE VIEW broken AS SELECT a FROM fleeting;
        DROP TABLE fleeting;
        """";
}
