using Tandem.Changes;
using Tandem.Records;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests.Sqlite;

/// <summary>What only SQLite files can be asked: journals of earlier versions, trimming by another process, collations, the wait for the file.</summary>
public sealed class SqliteKeepingTests
{
    private static readonly WriteContext s_ann = new("Ann");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Journal_OfAnEarlierVersion_IsBroughtUpToDate()
    {
        using var file = await SqliteFile.CreateAsync(Shop.Sqlite);
        await (await file.OpenAsync()).DisposeAsync();
        await file.ExecuteAsync("""
            DROP TABLE tandem_leases; DROP INDEX tandem_journal_write; ALTER TABLE tandem_journal DROP COLUMN write_id;
            INSERT INTO tandem_journal (at, actor, table_name, record_key, kind, before, after) VALUES ('2026-01-01T00:00:00Z', 'Eve', 'goods', '[1]', 'insert', '{}', '{"name": "Old"}');
            """);
        await using var database = await file.OpenAsync();

        var id = Guid.NewGuid();
        await database.Find("goods")!.WriteAsync(new Write.Insert(Patch.Of("name", "Rye"), s_ann) { Id = id }, Token);

        Assert.Equal([id, null], (await database.HistoryAsync("goods", null, 10, Token)).Select(c => c.WriteId));
        Assert.NotNull(database.FindSystem(SystemTables.LeasesName));
    }

    [Fact]
    public async Task Retention_IsAppliedAtStart()
    {
        using var file = await SqliteFile.CreateAsync(Shop.Sqlite);
        await using (var first = await file.OpenAsync())
        {
            await AddAsync(first, 0, 50);
        }

        await using var database = await file.OpenAsync(o => o.Retention = new JournalRetention { Entries = 5 });
        while ((await database.HistoryAsync(null, null, 100, Token)).Count > 5)
        {
            await Task.Yield();
        }

        Assert.Equal(45 + 1, (await database.HistoryAsync(null, null, 100, Token))[^1].Sequence);
        Assert.Equal(51, await AddAsync(database, 50, 1));
    }

    [Fact]
    public async Task Reader_WhosePlaceWasTrimmed_IsToldSo()
    {
        using var file = await SqliteFile.CreateAsync(Shop.Sqlite);
        await using var database = await file.OpenAsync();
        await using var slow = database.Feed.ReadAsync(null, Token).GetAsyncEnumerator(Token);
        await using var stream = database.Feed.Follow();

        // More than a reader's short memory, so that the slow ones would have to go back to what is gone.
        await AddAsync(database, 0, 300);
        Assert.Equal(290, await database.TrimJournalAsync(new JournalRetention { Entries = 10 }, Token));

        await Assert.ThrowsAsync<CursorExpiredException>(async () => await slow.MoveNextAsync());
        await Assert.ThrowsAsync<CursorExpiredException>(async () => await stream.NextAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task Entries_TrimmedByAnotherProcessBeforeTheyWereSeen_AreAReset()
    {
        using var file = await SqliteFile.CreateAsync(Shop.Sqlite);
        await using var here = await file.OpenAsync(o => o.Poll = TimeSpan.FromHours(1));
        await using var reader = new ChangeCollector(t => here.Find("pairs")!.ChangesAsync(null, t));
        await using (var there = await file.OpenAsync())
        {
            await AddAsync(there, 0, 20);
            await there.TrimJournalAsync(new JournalRetention { Entries = 2 }, Token);
        }

        await AddAsync(here, 20, 1);

        var seen = await reader.CountAsync(4, "the gap and what is left");
        Assert.Equal([ChangeKind.Reset, ChangeKind.Insert, ChangeKind.Insert, ChangeKind.Insert], seen.Select(c => c.Kind));
        Assert.Equal([19L, 20L, 21L], seen.Skip(1).Select(c => c.Sequence));
    }

    [Fact]
    public async Task Fields_TellWhetherTheFileOrdersThemAsTandemDoes()
    {
        using var file = await SqliteFile.CreateAsync("CREATE TABLE orders (id INTEGER PRIMARY KEY, plain TEXT, careless TEXT COLLATE NOCASE, trimmed VARCHAR(9) COLLATE RTRIM, doc JSON, day DATE, amount DECIMAL(8,2), content BLOB)");
        await using var database = await file.OpenAsync();

        Assert.Equal(["id", "plain", "day", "amount"], database.Find("orders")!.Schema.Fields.Where(f => f.IsOrderedAlike).Select(f => f.Name));
    }

    [Fact]
    public async Task Write_BesideAProgramThatWritesAllTheTime_GetsItsTurn()
    {
        using var file = await SqliteFile.CreateAsync(Shop.Sqlite);
        await using var database = await file.OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var busy = Task.Run(
            async () =>
            {
                await using var connection = await file.ConnectAsync();
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    await using var command = connection.CreateCommand();
                    command.CommandText = $"BEGIN IMMEDIATE; INSERT INTO categories (name) VALUES ('{i}'); DELETE FROM categories; COMMIT";
                    await command.ExecuteNonQueryAsync(stop.Token);
                }
            },
            Token);

        Assert.Equal(30, await AddAsync(database, 0, 30));

        await stop.CancelAsync();
        await busy.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static async Task<long> AddAsync(IDatabase database, int from, int count)
    {
        var last = 0L;
        for (var i = from; i < from + count; i++)
        {
            var written = await database.Find("pairs")!.WriteAsync(new Write.Insert(new Patch([new("area", "a"), new("number", (long)i)]), s_ann), Token);
            last = Assert.IsType<WriteResult.Written>(written).Change!.Sequence;
        }

        return last;
    }
}
