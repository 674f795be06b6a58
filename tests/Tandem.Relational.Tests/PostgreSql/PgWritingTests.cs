using Npgsql;
using Tandem.PostgreSql;
using Tandem.Records;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests.PostgreSql;

/// <summary>What writing costs on PostgreSQL, and what only it can be asked: its own row versions, leases taken over meanwhile, journals of earlier versions.</summary>
public sealed class PgWritingTests : IAsyncLifetime
{
    private static readonly WriteContext s_ann = new("Ann");
    private string _address = "";
    private PgDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _address = await (await PgServer.ReplicaAsync()).CreateDatabaseAsync(Shop.PostgreSql, Token);
        _database = await PgDatabase.OpenAsync(_address, new PgOptions { UseRowVersions = true, Refine = Shop.Refine }, null, Token);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Batch_OfAThousandUpdates_CostsAFewStatements()
    {
        var pairs = _database.Find("pairs")!;
        Write[] adding = [.. Enumerable.Range(0, 1_000).Select(i => new Write.Insert(Set(("area", "a"), ("number", (long)i), ("label", "x"), ("weight", 1.5)), s_ann))];
        using (var statements = new Statements())
        {
            Assert.True((await pairs.WriteAllAsync(adding, Token)).IsCommitted);
            Assert.InRange(statements.Seen.Count, 1, 3);
        }

        Write[] changing = [.. Enumerable.Range(0, 1_000).Select(i => new Write.Update(new RecordKey("a", (long)i), Set(("label", $"label {i}")), new Guard(Set(("label", "x"))), s_ann) { Id = Guid.NewGuid() })];
        using (var statements = new Statements())
        {
            Assert.True((await pairs.WriteAllAsync(changing, Token)).IsCommitted);
            Assert.InRange(statements.Seen.Count, 1, 5);
        }

        Write[] removing = [.. Enumerable.Range(0, 1_000).Select(i => new Write.Delete(new RecordKey("a", (long)i), new Guard(Set(("label", $"label {i}"))), s_ann))];
        using (var statements = new Statements())
        {
            Assert.True((await pairs.WriteAllAsync(removing, Token)).IsCommitted);
            Assert.InRange(statements.Seen.Count, 1, 5);
        }

        Assert.Equal(3_000, (await _database.HistoryAsync("pairs", null, 10_000, Token)).Count);
    }

    [Fact]
    public async Task Batch_OfAnOrderWithItsLines_CostsAFewStatements()
    {
        var order = TemporaryKey.New();
        using var statements = new Statements();

        var result = await _database.WriteAllAsync(
        [
            new TableWrite("categories", new Write.Insert(Set(("name", "order")), s_ann) { Temporary = order }),
            .. Enumerable.Range(0, 500).Select(i => new TableWrite("goods", new Write.Insert(Set(("name", $"line {i}"), ("category_id", order)), s_ann))),
        ], Token);

        Assert.True(result.IsCommitted);
        Assert.InRange(statements.Seen.Count, 1, 6);
    }

    [Fact]
    public async Task Batch_DoneOneByOne_KeepsOneSavepointAtATime()
    {
        var goods = _database.Find("goods")!;
        Write[] writes = [.. Enumerable.Range(0, 20).Select(i => new Write.Insert(Set(("name", $"good {i / 2}")), s_ann))];
        using var statements = new Statements();

        var result = await goods.WriteAllAsync(writes, Token);

        Assert.Equal(10, result.Results.Count(r => r is WriteResult.Written));
        Assert.Equal(10, result.Results.Count(r => r is WriteResult.Rejected));
        Assert.Equal(
            ["SAVEPOINT one", .. Enumerable.Repeat("RELEASE SAVEPOINT one; SAVEPOINT one", 19)],
            statements.Seen.Where(s => s.Contains("SAVEPOINT", StringComparison.Ordinal) && !s.StartsWith("ROLLBACK", StringComparison.Ordinal)));
        Assert.Equal(0, await goods.CountAsync(Querying.Filter.All, Token));
    }

    [Fact]
    public async Task Write_WithIdAndFence_CostsOneStatement()
    {
        var lease = new Patch([new("resource", "all"), new("owner", "Ann"), new("token", 1L), new("until", DateTimeOffset.UnixEpoch)]);
        await _database.FindSystem(SystemTables.LeasesName)!.WriteAsync(new Write.Insert(lease, s_ann), Token);
        using var statements = new Statements();

        var written = await _database.Find("goods")!.WriteAsync(new Write.Insert(Set(("name", "Rye")), s_ann) { Id = Guid.NewGuid(), Fence = new Fence("all", 1) }, Token);

        Assert.IsType<WriteResult.Written>(written);
        Assert.Single(statements.Seen);
    }

    [Fact]
    public async Task Write_UnderALeaseThatIsBeingTakenOver_WaitsAndIsFenced()
    {
        var goods = _database.Find("goods")!;
        var rye = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(new Write.Insert(Set(("name", "Rye")), s_ann), Token)).Stored;
        await PgServer.ExecuteAsync(_address, "INSERT INTO tandem.leases VALUES ('all', 'Ann', 1, now(), NULL)", Token);
        await using var connection = new NpgsqlConnection(_address);
        await connection.OpenAsync(Token);
        await using var takeover = await connection.BeginTransactionAsync(Token);
        await using (var command = new NpgsqlCommand("UPDATE tandem.leases SET token = 2, owner = 'Bob'", connection, takeover))
        {
            await command.ExecuteNonQueryAsync(Token);
        }

        var single = goods.WriteAsync(new Write.Update(rye.Key, Set(("price", 1m)), Guard.None, s_ann) { Fence = new Fence("all", 1) }, Token);
        var batch = goods.WriteAllAsync([new Write.Update(rye.Key, Set(("price", 2m)), Guard.None, s_ann) { Fence = new Fence("all", 1) }], Token);
        await WaitUntilWaitingAsync(2);
        Assert.False(single.IsCompleted || batch.IsCompleted);
        await takeover.CommitAsync(Token);

        Assert.IsType<WriteResult.Fenced>(await single);
        Assert.IsType<WriteResult.Fenced>((await batch).Results[0]);
        Assert.Null((await goods.GetAsync(rye.Key, Token))!["price"]);
    }

    [Fact]
    public async Task RowVersion_ComesWithEveryRecordAndGuards()
    {
        var goods = _database.Find("goods")!;
        var rye = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(new Write.Insert(Set(("name", "Rye")), s_ann), Token)).Stored;
        Assert.NotNull(rye.Version);
        Assert.Equal(rye.Version, (await goods.GetAsync(rye.Key, Token))!.Version);
        Assert.Equal(rye.Version, (await goods.GetManyAsync([rye.Key], ["name"], Token))[0].Version);
        Assert.Equal(rye.Version, (await goods.QueryAsync(new(), Token)).Records[0].Version);
        Assert.Equal(rye.Version, (await ScannedAsync(goods))[0].Version);

        await PgServer.ExecuteAsync(_address, "UPDATE goods SET note = 'elsewhere'", Token);
        var late = new Write.Update(rye.Key, Set(("price", 1m)), new Guard(Patch.Empty) { Version = rye.Version }, s_ann);
        var conflict = Assert.IsType<WriteResult.Conflicted>(await goods.WriteAsync(late, Token));
        Assert.Empty(conflict.Fields);
        Assert.Empty(Assert.IsType<WriteResult.Conflicted>((await goods.WriteAllAsync([late], Token)).Results[0]).Fields);
        Assert.NotEqual(rye.Version, conflict.Current.Version);

        var stored = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(late with { Guard = new Guard(Patch.Empty) { Version = conflict.Current.Version } }, Token)).Stored;
        Assert.Equal(stored.Version, (await goods.GetAsync(rye.Key, Token))!.Version);
        Assert.NotEqual(conflict.Current.Version, stored.Version);
        Assert.IsType<WriteResult.Written>((await goods.WriteAllAsync([new Write.Delete(rye.Key, new Guard(Patch.Empty) { Version = stored.Version }, s_ann)], Token)).Results[0]);
    }

    [Fact]
    public async Task Journal_OfAnEarlierVersion_IsBroughtUpToDate()
    {
        await _database.DisposeAsync();
        await PgServer.ExecuteAsync(_address, """
            DROP TABLE tandem.leases; ALTER TABLE tandem.journal DROP COLUMN write_id;
            INSERT INTO tandem.journal (actor, table_name, record_key, kind, before, after) VALUES ('Eve', 'goods', '[1]', 'insert', '{}', '{"name": "Old"}');
            """, Token);
        _database = await PgDatabase.OpenAsync(_address, null, null, Token);

        var id = Guid.NewGuid();
        await _database.Find("goods")!.WriteAsync(new Write.Insert(Set(("name", "Rye")), s_ann) { Id = id }, Token);

        Assert.Equal([id, null], (await _database.HistoryAsync("goods", null, 10, Token)).Select(c => c.WriteId));
        Assert.NotNull(_database.FindSystem(SystemTables.LeasesName));
        Assert.Contains(_database.Notes, n => n.Contains("up to date", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fields_TellWhetherTheServerOrdersThemAsTandemDoes()
    {
        await PgServer.ExecuteAsync(_address, """
            CREATE TYPE mood AS ENUM ('glad', 'bad');
            CREATE TABLE orders (id int PRIMARY KEY, plain text, exact text COLLATE "C", local text COLLATE "en-x-icu", feeling mood, code varchar(9), padded char(3), doc jsonb, list int[], net inet, amount numeric, at timestamptz);
            """, Token);
        await _database.ReloadAsync(Token);

        var alike = _database.Find("orders")!.Schema.Fields.Where(f => f.IsOrderedAlike).Select(f => f.Name);

        // The test server's own collation is C.UTF-8.
        Assert.Equal(["id", "plain", "exact", "code", "amount", "at"], alike);
    }

    private static Patch Set(params (string Field, object? Value)[] fields) => new(fields.Select(f => KeyValuePair.Create(f.Field, f.Value)));

    private static async Task<List<Record>> ScannedAsync(ITable table)
    {
        List<Record> all = [];
        await foreach (var batch in table.ScanAsync(null, Token))
        {
            all.AddRange(batch);
        }

        return all;
    }

    private async Task WaitUntilWaitingAsync(long count)
    {
        await using var connection = new NpgsqlConnection(_address);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", connection);
        while ((long)(await command.ExecuteScalarAsync(Token))! < count)
        {
            await Task.Yield();
        }
    }
}
