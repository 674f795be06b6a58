using Tandem.Changes;
using Tandem.PostgreSql;
using Tandem.Records;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests.PostgreSql;

/// <summary>The same where the operator agreed to triggers that notify.</summary>
public sealed class PgNotifyTests : ElsewhereSpecification
{
    private string _address = "";

    protected override async Task PrepareAsync() => _address = await (await PgServer.ReplicaAsync()).CreateDatabaseAsync(PgTriggers.Script(Script), Token);

    protected override async Task<IDatabase> OpenAsync() => await PgDatabase.OpenAsync(_address, new PgOptions { UseNotify = true, Poll = TimeSpan.FromSeconds(30) }, null, Token);

    protected override Task ExecuteAsync(string sql) => PgServer.ExecuteAsync(_address, sql, Token);

    [Fact]
    public void Feed_WithTriggers_SaysSoAndWhy()
    {
        Assert.Contains("triggers that notify", Database.Feed.Description, StringComparison.Ordinal);
        Assert.Contains("wal_level", Database.Feed.Description, StringComparison.Ordinal);
    }

    [Fact]
    public Task Cascades_OfADelete_AreJournalledAsTheActors() => CascadesAreJournalledAsync();

    [Fact]
    public Task Triggers_OfAnUpdate_AreJournalledAsTheActors() => TriggersAreJournalledAsync();

    [Fact]
    public async Task Writes_TooManyToList_AreAReset()
    {
        await using var reader = await WatchAsync(Database, "texts");

        await ExecuteAsync("INSERT INTO texts SELECT 'code ' || i, 'many' FROM generate_series(1, 3000) i");
        await HeardAsync(reader, c => c.Kind == ChangeKind.Reset, "the reset of many");
        await ExecuteAsync("UPDATE texts SET label = 'some' WHERE code < 'code 13'");

        await HeardAsync(reader, c => c.Kind == ChangeKind.Update && c.Key.Equals(new RecordKey("code 12")), "one of some");
        await ExecuteAsync("TRUNCATE texts");
        await reader.UntilAsync(seen => seen.Count(c => c.Kind == ChangeKind.Reset) == 2, "the reset of all", Token);
    }

    [Fact]
    public async Task Key_TooLongForAMessage_IsAReset()
    {
        await using var reader = await WatchAsync(Database, "texts");

        // What others say on the channel is no news.
        await ExecuteAsync("NOTIFY tandem_told, 'hello'; NOTIFY tandem_told, '[\"1\", '; NOTIFY tandem_told, '[1,2]'");
        // Random text, so that the index takes it.
        await ExecuteAsync("INSERT INTO texts SELECT string_agg(chr(65 + (i * i * 31 % 57)), ''), 'long' FROM generate_series(1, 7500) i");

        await HeardAsync(reader, c => c.Kind == ChangeKind.Reset, "the reset");
    }

    [Fact]
    public async Task OwnBatch_WithTriggersThatNotify_IsToldOnceAndAsOwn()
    {
        await using var reader = await WatchAsync(Database, "parents");
        var parents = Database.Find("parents")!;
        var batch = await parents.WriteAllAsync([.. Enumerable.Range(100, 200).Select(i => new Write.Insert(new Patch([new("id", (long)i), new("name", $"n {i}"), new("stock", 0L)]), Ann))], Token);
        Assert.True(batch.IsCommitted);

        await ExecuteAsync("UPDATE parents SET name = 'last' WHERE id = 2");
        await HeardAsync(reader, c => Equals(c.After.GetValueOrDefault("name"), "last"), "the other program's write");

        Assert.Equal(200, reader.Seen.Count(c => c.Actor == "Ann"));
        Assert.Single(reader.Seen, c => c.Actor == Actors.Elsewhere && c.Kind != ChangeKind.Reset && !c.Key.Equals(Armed));
    }
}
