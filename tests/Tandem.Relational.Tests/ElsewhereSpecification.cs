using Tandem.Changes;
using Tandem.Records;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests;

/// <summary>Writes of programs that know nothing of Tandem: noticed, told apart, journalled once.</summary>
public abstract class ElsewhereSpecification : IAsyncLifetime
{
    protected static readonly WriteContext Ann = new("Ann");
    private readonly List<IDatabase> _nodes = [];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected const string Script = """
        CREATE TABLE parents (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, stock INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE children (id INTEGER NOT NULL PRIMARY KEY, parent_id INTEGER REFERENCES parents (id) ON DELETE CASCADE, label TEXT);
        CREATE TABLE friends (id INTEGER NOT NULL PRIMARY KEY, parent_id INTEGER REFERENCES parents (id) ON DELETE SET NULL, label TEXT);
        CREATE TABLE totals (id INTEGER NOT NULL PRIMARY KEY, number INTEGER NOT NULL);
        CREATE TABLE texts (code TEXT NOT NULL PRIMARY KEY, label TEXT);
        INSERT INTO parents (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three');
        INSERT INTO children VALUES (11, 1, 'a'), (12, 1, 'b'), (13, 2, 'c');
        INSERT INTO friends VALUES (21, 1, 'x'), (22, 2, 'y');
        INSERT INTO totals VALUES (1, 0);
        INSERT INTO texts VALUES ('a,b/c', 'odd');
        """;

    protected IDatabase Database { get; private set; } = null!;

    protected abstract Task PrepareAsync();

    protected abstract Task<IDatabase> OpenAsync();

    protected abstract Task ExecuteAsync(string sql);

    public async ValueTask InitializeAsync()
    {
        await PrepareAsync();
        Database = await NodeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    protected async Task<IDatabase> NodeAsync()
    {
        var node = await OpenAsync();
        _nodes.Add(node);
        return node;
    }

    [Fact]
    public async Task Writes_OfAnotherProgram_AreHeardOnceEach()
    {
        var parents = Database.Find("parents")!;
        await using var reader = await WatchAsync(Database, "parents");

        await ExecuteAsync("INSERT INTO parents (id, name, stock) VALUES (4, 'four', 40)");
        var added = await HeardAsync(reader, c => c.Kind == ChangeKind.Insert && c.Key.Equals(new RecordKey(4L)), "the insert");
        Assert.Equal(("four", 40L), (added.After["name"], added.After["stock"]));

        await ExecuteAsync("UPDATE parents SET name = 'vier' WHERE id = 4");
        var changed = await HeardAsync(reader, c => c.Kind == ChangeKind.Update && Equals(c.After.GetValueOrDefault("name"), "vier"), "the update");
        Assert.True(changed.Touches("name"));
        Assert.False(changed.Touches("stock"));

        await ExecuteAsync("DELETE FROM parents WHERE id = 4");
        await HeardAsync(reader, c => c.Kind == ChangeKind.Delete && c.Key.Equals(new RecordKey(4L)), "the delete");

        var history = await Database.HistoryAsync("parents", new RecordKey(4L), 10, Token);
        Assert.Equal([ChangeKind.Delete, ChangeKind.Update, ChangeKind.Insert], history.Select(c => c.Kind));
        Assert.All(history, c => Assert.Equal(Actors.Elsewhere, c.Actor));
        Assert.Null(await parents.GetAsync(new RecordKey(4L), Token));
    }

    [Fact]
    public async Task KeyChange_OfAnotherProgram_IsADeleteAndAnInsert()
    {
        await using var reader = await WatchAsync(Database, "texts");

        await ExecuteAsync("UPDATE texts SET code = 'new/key,~' WHERE code = 'a,b/c'");

        await HeardAsync(reader, c => c.Kind == ChangeKind.Delete && c.Key.Equals(new RecordKey("a,b/c")), "the old key to go");
        await HeardAsync(reader, c => c.Kind == ChangeKind.Insert && c.Key.Equals(new RecordKey("new/key,~")), "the new key to come");
    }

    [Fact]
    public async Task Writes_OfAnotherProgramWhileTwoNodesListen_AreJournalledOnce()
    {
        var second = await NodeAsync();
        await using var one = await WatchAsync(Database, "parents");
        await using var two = await WatchAsync(second, "parents");
        for (var i = 1; i <= 5; i++)
        {
            await ExecuteAsync($"UPDATE parents SET name = 'name {i}' WHERE id = 1");
            await HeardAsync(one, c => Equals(c.After.GetValueOrDefault("name"), $"name {i}"), $"update {i} on the first node");
            await HeardAsync(two, c => Equals(c.After.GetValueOrDefault("name"), $"name {i}"), $"update {i} on the second node");
        }

        // A write through Tandem comes last: whatever would still be journalled twice stands before it.
        await Database.Find("parents")!.WriteAsync(new Write.Update(new RecordKey(2L), Patch.Of("name", "Ann's"), Guard.None, Ann), Token);
        await HeardAsync(two, c => c.Actor == "Ann", "Ann's write on the second node");
        Assert.Equal(5, (await Database.HistoryAsync("parents", new RecordKey(1L), 50, Token)).Count);
        Assert.Equal(one.Seen.Where(c => c.Key.Equals(new RecordKey(1L))).Select(c => c.Sequence), two.Seen.Where(c => c.Key.Equals(new RecordKey(1L))).Select(c => c.Sequence));
    }

    [Fact]
    public async Task OwnWrites_WhileListening_AreNeverAnotherPrograms()
    {
        await using var reader = await WatchAsync(Database, "parents");
        var parents = Database.Find("parents")!;
        for (var i = 0L; i < 40; i++)
        {
            await parents.WriteAsync(new Write.Update(new RecordKey(1L + i % 3), Patch.Of("name", $"name {i}"), Guard.None, Ann), Token);
        }

        await ExecuteAsync("UPDATE parents SET name = 'last' WHERE id = 2");
        await HeardAsync(reader, c => Equals(c.After.GetValueOrDefault("name"), "last"), "the other program's write");
        Assert.Equal(40, reader.Seen.Count(c => c.Actor == "Ann"));
        Assert.Single(reader.Seen, c => c.Actor == Actors.Elsewhere && c.Kind != ChangeKind.Reset && !c.Key.Equals(Armed));
    }

    protected static RecordKey Armed { get; } = new(999_999L);

    /// <summary>Opens a reader and waits until another program's writes are really heard.</summary>
    protected async Task<ChangeCollector> WatchAsync(IDatabase node, string table)
    {
        var reader = new ChangeCollector(t => node.Find(table)!.ChangesAsync(null, t));
        var column = table == "texts" ? "code" : "id";
        var isHeard = false;
        for (var i = 0; !isHeard; i++)
        {
            Assert.True(i < 100, $"another program's writes to {table} are never heard");
            var value = table == "texts" ? $"armed {i} {Guid.NewGuid()}" : "999999";
            await ExecuteAsync($"DELETE FROM {table} WHERE {column} = '{value}'");
            await ExecuteAsync(table switch
            {
                "parents" => "INSERT INTO parents (id, name) VALUES (999999, 'armed')",
                "totals" => "INSERT INTO totals VALUES (999999, 0)",
                "texts" => $"INSERT INTO texts VALUES ('{value}', 'armed')",
                _ => $"INSERT INTO {table} (id, label) VALUES (999999, 'armed')",
            });
            try
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(700));
                await reader.UntilAsync(seen => seen.Any(c => c.Actor == Actors.Elsewhere), "another program's write", patience.Token);
                isHeard = true;
            }
            catch (OperationCanceledException)
            {
                // The copy that is compared with was taken after this write; the next is noticed.
            }
        }

        return reader;
    }

    protected static async Task<Change> HeardAsync(ChangeCollector reader, Func<Change, bool> wanted, string what)
    {
        var seen = await reader.UntilAsync(s => s.Any(wanted), what);
        return seen.First(wanted);
    }

    /// <summary>Side effects are journalled with the actor who caused them.</summary>
    protected async Task CascadesAreJournalledAsync()
    {
        var start = await StartAsync();
        await using var reader = new ChangeCollector(t => Database.Feed.ReadAsync(null, t));

        var deleted = await Database.Find("parents")!.WriteAsync(new Write.Delete(new RecordKey(1L), Guard.None, Ann), Token);

        Assert.IsType<WriteResult.Written>(deleted);
        await HeardAsync(reader, c => c.Table == "children" && c.Kind == ChangeKind.Delete && c.Key.Equals(new RecordKey(11L)), "child 11 to go");
        await HeardAsync(reader, c => c.Table == "children" && c.Kind == ChangeKind.Delete && c.Key.Equals(new RecordKey(12L)), "child 12 to go");
        var freed = await HeardAsync(reader, c => c.Table == "friends" && c.Key.Equals(new RecordKey(21L)), "the friend to be freed");
        Assert.Null(freed.After["parent_id"]);
        Assert.All(reader.Seen, c => Assert.Equal("Ann", c.Actor));
        await AssertJournalEqualsDataAsync(start, reader.Seen);
    }

    protected async Task TriggersAreJournalledAsync()
    {
        var start = await StartAsync();
        await using var reader = new ChangeCollector(t => Database.Feed.ReadAsync(null, t));
        var parents = Database.Find("parents")!;

        await parents.WriteAsync(new Write.Update(new RecordKey(2L), Patch.Of("stock", 5L), Guard.None, Ann), Token);

        var total = await HeardAsync(reader, c => c.Table == "totals" && Equals(c.After.GetValueOrDefault("number"), 5L), "the total");
        Assert.Equal("Ann", total.Actor);
        await HeardAsync(reader, c => c.Table == "parents" && Equals(c.After.GetValueOrDefault("name"), "two*"), "what the trigger made of the record itself");
        Assert.All(reader.Seen, c => Assert.Equal("Ann", c.Actor));
        await AssertJournalEqualsDataAsync(start, reader.Seen);
    }

    private async Task<Dictionary<string, IReadOnlyList<Record>>> StartAsync()
    {
        Dictionary<string, IReadOnlyList<Record>> start = [];
        foreach (var table in Database.Tables.Where(t => !t.Schema.IsSystem))
        {
            start[table.Schema.Name] = (await table.QueryAsync(new() { First = 1000 }, Token)).Records;
        }

        return start;
    }

    private async Task AssertJournalEqualsDataAsync(Dictionary<string, IReadOnlyList<Record>> start, IReadOnlyList<Change> changes)
    {
        foreach (var (name, records) in start)
        {
            var table = Database.Find(name)!;
            Replay.AssertEqual(Replay.Onto(table.Schema, records, changes), (await table.QueryAsync(new() { First = 1000 }, Token)).Records);
        }
    }
}
