using Tandem.Changes;
using Tandem.PostgreSql;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests.PostgreSql;

/// <summary>Databases of PostgreSQL that nobody here designed.</summary>
public sealed class PgStrangeTests : IAsyncLifetime
{
    private static readonly WriteContext s_ann = new("Ann");
    private string _address = "";
    private PgDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _address = await (await PgServer.LogicalAsync()).CreateDatabaseAsync(Script, Token);
        _database = await PgDatabase.OpenAsync(_address, null, null, Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    public static TheoryData<string, string> Odd => new()
    {
        { "n10", "12.50" }, { "n", "123456789012345678901234567890123456789012345678901234567890" }, { "n", "0.123456789012345678901234567890123456789012345678901234567891" }, { "n", "NaN" },
        { "money", "$1,234.50" }, { "span", "1 year 2 mons 3 days 04:05:06.7" }, { "net", "10.0.0.0/8" }, { "range", "[1,5)" },
        { "mood", "so so" }, { "short", "abc" }, { "padded", "ab" }, { "zip", "12345" }, { "deep", "12345" },
        { "numbers", "[1,null,3]" }, { "texts", "[\"a,b\",\"q\\\"q\",null,\"\",\"NULL\",\"{}\"]" }, { "grid", "[[1,2],[3,4]]" }, { "days", "[\"2026-01-01\"]" },
        { "j", "{\"a\": 1}" }, { "b", "{\"a\":[1,2.5]}" },
        { "t", "24:00:00" }, { "t", "12:34:56.789" },
        { "d", "infinity" }, { "d", "0044-03-15 BC" }, { "d", "12345-06-07" }, { "d", "2026-11-20" },
        { "ts", "-infinity" }, { "ts", "0044-03-15 12:30:00 BC" }, { "ts", "12345-06-07 01:02:03.5" },
        { "tz", "infinity" }, { "tz", "0044-03-15 12:30:00+00 BC" }, { "tz", "12345-06-07 01:02:03+00" },
        { "f4", "0.1" }, { "f8", "NaN" }, { "f8", "-Infinity" }, { "bits", "101" }, { "doc", "<a/>" },
    };

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task Value_OfAnOddType_IsShownGuardedToldAndWrittenBack(string column, string text)
    {
        var table = _database.Find("odd")!;
        await using var reader = new ChangeCollector(t => table.ChangesAsync(null, t));
        var isArray = table.Schema[column].Type == FieldType.Array;
        await PgServer.ExecuteAsync(_address, isArray
            ? $"INSERT INTO odd (id, {column}) SELECT 1, x FROM (SELECT {Literal(column)} AS x) v"
            : $"INSERT INTO odd (id, {column}) VALUES (1, '{text}')", Token);
        var key = new RecordKey(1L);

        var told = (await reader.CountAsync(1, "the insert"))[0];
        var value = (await table.GetAsync(key, Token))![column];
        Assert.NotNull(value);
        Assert.True(Values.Same(table.Schema[column], value, told.After[column]), $"read '{value}', told '{told.After[column]}'");
        if (!isArray && table.Schema[column].Type is not FieldType.Json)
        {
            Assert.Equal(text, ValueText.Plain(value));
        }

        // Guarded by what was read, emptied, guarded by nothing, and written back as it was read.
        var emptied = await table.WriteAsync(new Write.Update(key, Patch.Of(column, null), new Guard(Patch.Of(column, value)), s_ann), Token);
        Assert.True(emptied is WriteResult.Written { Change: not null }, $"'{value}': {Describe(emptied)}");
        var back = await table.WriteAsync(new Write.Update(key, Patch.Of(column, value), new Guard(Patch.Of(column, null)), s_ann), Token);
        var written = Assert.IsType<WriteResult.Written>(back);
        Assert.True(Values.Same(table.Schema[column], value, written.Stored[column]), $"sent '{value}', stored '{written.Stored[column]}'");
        Assert.True(Values.Same(table.Schema[column], value, written.Change!.After[column]), $"sent '{value}', journalled '{written.Change.After[column]}'");
        var same = await table.WriteAsync(new Write.Update(key, Patch.Of(column, value), Guard.None, s_ann), Token);
        Assert.True(same is WriteResult.Written { Change: null }, $"'{value}' again: {Describe(same)}");
    }

    [Theory]
    [InlineData("short", "abcdef")]
    [InlineData("n10", "123456789.00")]
    [InlineData("mood", "furious")]
    [InlineData("zip", "1234")]
    [InlineData("deep", "123")]
    [InlineData("net", "nonsense")]
    public async Task Value_TheDatabaseRefuses_IsRejectedNamingTheField(string column, string text)
    {
        var table = _database.Find("odd")!;
        Assert.True(ValueText.TryParse(table.Schema[column], text, out var value, out _));

        var result = await table.WriteAsync(new Write.Insert(new Patch([new("id", 1L), new("j", "{}"), new(column, value)]), s_ann), Token);

        var error = Assert.Single(Assert.IsType<WriteResult.Rejected>(result).Errors);
        Assert.Equal(column, error.Field);
        Assert.DoesNotContain("SELECT", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Order Details")]
    [InlineData("select")]
    [InlineData("O'Brien \"x\"")]
    [InlineData("Таблица/1.2")]
    [InlineData("表")]
    [InlineData("other.things")]
    [InlineData("parts")]
    [InlineData("Always")]
    public async Task Table_OfAnOddName_IsReadWrittenAndHeard(string name)
    {
        var table = _database.Find(name) ?? throw new InvalidOperationException($"no '{name}' among {string.Join(", ", _database.Tables.Select(t => t.Schema.Name))}");
        await using var reader = new ChangeCollector(t => table.ChangesAsync(null, t));
        var field = table.Schema.Fields.First(f => !table.Schema.IsKeyField(f.Name) && !f.IsReadOnly).Name;

        var written = Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Insert(Keys(table.Schema).With(field, "x"), s_ann), Token));
        var key = written.Stored.Key;
        Assert.True(RecordKey.TryParse(table.Schema, key.ToString(), out var parsed) && parsed.Equals(key));
        Assert.Equal("x", (await table.GetAsync(key, Token))![field]);
        Assert.Single((await table.QueryAsync(new() { Filter = Tandem.Querying.Filter.Eq(field, "x"), Order = [new(field, true)] }, Token)).Records);
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Update(key, Patch.Of(field, "y"), new Guard(Patch.Of(field, "x")), s_ann), Token));
        Assert.Equal(2, (await _database.HistoryAsync(name, key, 10, Token)).Count);
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Delete(key, Guard.None, s_ann), Token));
        Assert.Equal([ChangeKind.Insert, ChangeKind.Update, ChangeKind.Delete], (await reader.CountAsync(3, "all three")).Select(c => c.Kind));
        Assert.All(reader.Seen, c => Assert.Equal(key, c.Key));
    }

    public static TheoryData<string, object> Keys_ => new()
    {
        { "k_text", "" }, { "k_text", "." }, { "k_text", ".." }, { "k_text", "~x" }, { "k_text", "a/b,c%d e\n" }, { "k_uuid", Guid.Parse("0196f3a0-0000-7000-8000-00000000000a") },
        { "k_date", new DateOnly(2026, 2, 28) }, { "k_moment", new DateTimeOffset(2026, 2, 28, 1, 2, 3, TimeSpan.Zero) }, { "k_number", 12.50m }, { "k_char", "ab" },
    };

    [Theory]
    [MemberData(nameof(Keys_))]
    public async Task Key_OfAnyType_NamesItsRecordEverywhere(string name, object value)
    {
        var table = _database.Find(name)!;
        await using var reader = new ChangeCollector(t => table.ChangesAsync(null, t));
        var key = new RecordKey(value);

        Assert.Equal(key, Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Insert(new Patch([new("k", value), new("v", "1")]), s_ann), Token)).Stored.Key);
        Assert.True(RecordKey.TryParse(table.Schema, key.ToString(), out var parsed) && parsed.Equals(key), key.ToString());
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Update(parsed, Patch.Of("v", "2"), Guard.None, s_ann), Token));
        Assert.Equal("2", Assert.Single(await table.GetManyAsync([key], null, Token))["v"]);
        Assert.Equal(2, (await _database.HistoryAsync(name, key, 10, Token)).Count);

        await PgServer.ExecuteAsync(_address, $"UPDATE {name} SET v = '3'", Token);
        var seen = await reader.CountAsync(3, "the other program's update");
        Assert.All(seen, c => Assert.Equal(key, c.Key));
        Assert.Equal("3", seen[2].After["v"]);
    }

    [Fact]
    public async Task Tables_ThatCannotBeWritten_SayWhyAndCanBeRead()
    {
        foreach (var name in new[] { "a_view", "a_matview", "keyless" })
        {
            var table = _database.Find(name)!;
            Assert.NotEmpty(table.Schema.ReadOnlyReason!);
            Assert.NotEmpty((await table.QueryAsync(new(), Token)).Records);
            Assert.IsType<WriteResult.Rejected>(await table.WriteAsync(new Write.Insert(Patch.Empty, s_ann), Token));
        }
    }

    [Fact]
    public async Task Schema_OfOddTables_IsUnderstood()
    {
        var odd = _database.Find("odd")!.Schema;
        Assert.Equal((5, 10, 2), (odd["short"].MaxLength, odd["n10"].Precision, odd["n10"].Scale));
        Assert.Equal(["so so", "ok"], odd["mood"].Choices);
        Assert.True(odd["twice"].IsReadOnly);
        Assert.True(_database.Find("Always")!.Schema["id"].IsReadOnly);
        Assert.Equal(ReferenceAction.Cascade, _database.Find("tree")!.Schema.References.Single(r => r.Target == "tree").OnDelete);
        Assert.Equal(["a", "b"], _database.Find("pairs_of")!.Schema.References.Single().Fields);
        Assert.Equal(300, _database.Find("wide")!.Schema.Fields.Count);

        var wide = _database.Find("wide")!;
        var written = Assert.IsType<WriteResult.Written>(await wide.WriteAsync(new Write.Insert(new Patch(Enumerable.Range(0, 300).Select(i => KeyValuePair.Create($"c{i}", (object?)(long)i))), s_ann), Token));
        Assert.Equal(300, written.Change!.After.Count);
        Assert.Equal(299L, (await wide.GetAsync(written.Stored.Key, Token))!["c299"]);
    }

    [Fact]
    public async Task Content_OfMegabytes_TravelsWhole()
    {
        var table = _database.Find("odd")!;
        var text = new string('ü', 1_500_000);
        var blob = new byte[5_000_000];
        new Random(1).NextBytes(blob);

        var written = Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Insert(new Patch([new("id", 1L), new("long", text), new("bytes", Blob.FromContent(blob))]), s_ann), Token));
        Assert.Equal(text, (await table.GetAsync(written.Stored.Key, Token))!["long"]);
        Assert.Equal(blob, (await table.ReadBlobAsync(written.Stored.Key, "bytes", Token))!.Value.ToArray());
        Assert.IsType<WriteResult.Conflicted>(await table.WriteAsync(new Write.Update(written.Stored.Key, Patch.Of("short", "x"), new Guard(Patch.Of("long", text + "!")), s_ann), Token));
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Update(written.Stored.Key, Patch.Of("short", "x"), new Guard(written.Stored.ToPatch()), s_ann), Token));
    }

    [Fact]
    public async Task Database_ThatIsEmpty_Opens()
    {
        await using var empty = await PgDatabase.OpenAsync(await (await PgServer.LogicalAsync()).CreateDatabaseAsync(null, Token), null, null, Token);

        Assert.All(empty.Tables, t => Assert.True(t.Schema.IsSystem));
    }

    [Fact]
    public async Task Chinook_Opened_IsReadWhole()
    {
        var address = await (await PgServer.LogicalAsync()).CreateDatabaseAsync(null, Token);
        await Chinook.LoadAsync(address, Token);
        await using var chinook = await PgDatabase.OpenAsync(address, null, null, Token);

        var total = 0L;
        foreach (var table in chinook.Tables.Where(t => !t.Schema.IsSystem))
        {
            total += await table.CountAsync(Tandem.Querying.Filter.All, Token);
        }

        Assert.Equal((11, 15_607), (chinook.Tables.Count(t => !t.Schema.IsSystem), total));
    }

    private static Patch Keys(TableSchema schema) => new(schema.Key.Where(k => !schema[k].IsReadOnly && !schema[k].IsIdentity).Select(k => KeyValuePair.Create(k, schema[k].Type switch
    {
        FieldType.Integer => 1L,
        FieldType.Date => new DateOnly(2026, 5, 5),
        _ => (object?)"a,/'\"b",
    })));

    private static string Literal(string column) => column switch
    {
        "numbers" => "ARRAY[1,NULL,3]",
        "texts" => "ARRAY['a,b','q\"q',NULL,'','NULL','{}']",
        "grid" => "ARRAY[[1,2],[3,4]]",
        _ => "ARRAY[date '2026-01-01']",
    };

    private static string Describe(WriteResult result) => result switch
    {
        WriteResult.Rejected rejected => string.Join("; ", rejected.Errors),
        WriteResult.Conflicted conflicted => "conflict of " + string.Join(", ", conflicted.Fields),
        WriteResult.Written written => $"written, told {(written.Change is null ? "nothing" : ChangeCollector.Describe(written.Change))}",
        _ => result.ToString(),
    };

    private const string Script = """"
        CREATE TYPE mood AS ENUM ('so so', 'ok');
        CREATE DOMAIN zip AS text CHECK (VALUE ~ '^[0-9]{5}$');
        CREATE DOMAIN deep AS zip CHECK (VALUE <> '00000');
        CREATE TABLE odd (
            id integer PRIMARY KEY, n10 numeric(10,2), n numeric, money money, span interval, net cidr, range int4range, mood mood,
            short varchar(5), padded char(5), zip zip, deep deep, numbers int[], texts text[], grid int[], days date[], j json, b jsonb, bytes bytea,
            t time, d date, ts timestamp, tz timestamptz, f4 real, f8 float8, bits bit varying(8), doc xml, long text,
            twice integer GENERATED ALWAYS AS (id * 2) STORED);
        CREATE TABLE "Order Details" ("Order Id" integer, "Line No." integer, "Full Text" text, PRIMARY KEY ("Order Id", "Line No."));
        CREATE TABLE "select" ("from" integer PRIMARY KEY, "where" text);
        CREATE TABLE "O'Brien ""x""" ("k'""ey" text PRIMARY KEY, "v'""al" text);
        CREATE TABLE "Таблица/1.2" ("Ключ" integer PRIMARY KEY, "Значение" text);
        CREATE TABLE "表" ("键" text PRIMARY KEY, "值" text);
        CREATE SCHEMA other;
        CREATE TABLE things (id integer PRIMARY KEY, label text);
        CREATE TABLE other.things (id integer PRIMARY KEY, label text);
        CREATE TABLE parts (area text, day date, label text, PRIMARY KEY (area, day)) PARTITION BY RANGE (day);
        CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE TABLE "Always" (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, label text);
        CREATE TABLE tree (id integer PRIMARY KEY, parent integer REFERENCES tree ON DELETE CASCADE);
        CREATE TABLE two (a integer, b text, PRIMARY KEY (a, b));
        CREATE TABLE pairs_of (id integer PRIMARY KEY, a integer, b text, FOREIGN KEY (a, b) REFERENCES two (a, b));
        CREATE TABLE keyless (a integer, b text);
        INSERT INTO keyless VALUES (1, 'x'), (1, 'x');
        CREATE VIEW a_view AS SELECT a, b FROM keyless;
        CREATE MATERIALIZED VIEW a_matview AS SELECT a, b FROM keyless;
        CREATE TABLE k_text (k text PRIMARY KEY, v text);
        CREATE TABLE k_uuid (k uuid PRIMARY KEY, v text);
        CREATE TABLE k_date (k date PRIMARY KEY, v text);
        CREATE TABLE k_moment (k timestamptz PRIMARY KEY, v text);
        CREATE TABLE k_number (k numeric PRIMARY KEY, v text);
        CREATE TABLE k_char (k char(5) PRIMARY KEY, v text);
        DO $$ BEGIN EXECUTE (SELECT 'CREATE TABLE wide (c0 integer PRIMARY KEY, ' || string_agg('c' || i || ' integer', ', ') || ')' FROM generate_series(1, 299) i); END $$;
        """";
}
