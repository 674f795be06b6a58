using System.Diagnostics;
using Npgsql;
using Tandem.Changes;
using Tandem.Editing;
using Tandem.PostgreSql;
using Tandem.Records;
using Tandem.Specification.Servers;
using Tandem.Tables;

namespace Tandem.Relational.Tests.PostgreSql;

/// <summary>Other programs' writes to PostgreSQL, heard by replication, and what references and triggers do.</summary>
public sealed class PgReplicationTests : ElsewhereSpecification
{
    private string _address = "";

    protected override async Task PrepareAsync() => _address = await (await PgServer.LogicalAsync()).CreateDatabaseAsync(PgTriggers.Script(Script), Token);

    protected override async Task<IDatabase> OpenAsync() => await PgDatabase.OpenAsync(_address, null, null, Token);

    protected override Task ExecuteAsync(string sql) => PgServer.ExecuteAsync(_address, sql, Token);

    [Fact]
    public Task Cascades_OfADelete_AreJournalledAsTheActors() => CascadesAreJournalledAsync();

    [Fact]
    public Task Triggers_OfAnUpdate_AreJournalledAsTheActors() => TriggersAreJournalledAsync();

    [Fact]
    public void Feed_WhereTheServerAllowsIt_IsReplication() => Assert.Contains("logical replication", Database.Feed.Description, StringComparison.Ordinal);

    [Fact]
    public async Task Truncate_OfAnotherProgram_IsAReset()
    {
        await using var reader = await WatchAsync(Database, "texts");

        await ExecuteAsync("TRUNCATE texts");

        await HeardAsync(reader, c => c.Kind == ChangeKind.Reset, "the reset");
    }

    [Fact]
    public async Task Nodes_ThatStartTogether_AllListen()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => NodeAsync()));

        Assert.All(nodes, n => Assert.Contains("logical replication", n.Feed.Description, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Database_ClosedAtOnce_ClosesInTimeAndLeavesNoSlot()
    {
        for (var i = 0; i < 15; i++)
        {
            var node = await OpenAsync();
            await node.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5), Token);
        }

        // The slot of the node this test itself opened.
        await using var connection = new NpgsqlConnection(_address);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()", connection);
        Assert.Equal(1L, await command.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task Save_OfAnEdit_CostsOneStatement()
    {
        var children = Database.Find("children")!;
        var edit = (await RecordEdit.OpenAsync(Database, children, new RecordKey(13L), "Ann", Token))!;
        List<string> statements = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = a =>
            {
                // Every command of this process comes by; the ones that belong to this test's save write to its own table.
                if (a.Tags.Any(t => t.Value?.Contains("\"children\"", StringComparison.Ordinal) == true) && a.ParentId is not null)
                {
                    lock (statements)
                    {
                        statements.Add(string.Join("; ", a.Tags.Select(t => t.Value)));
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var activity = new Activity("save").Start();
        edit["label"] = "saved";

        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));

        activity.Stop();
        edit.Dispose();
        Assert.Single(statements);
    }
}

/// <summary>The same where the server does not allow replication: watched records are compared.</summary>
public sealed class PgPollingTests : ElsewhereSpecification
{
    private string _address = "";

    protected override async Task PrepareAsync() => _address = await (await PgServer.ReplicaAsync()).CreateDatabaseAsync(Script, Token);

    protected override async Task<IDatabase> OpenAsync() => await PgDatabase.OpenAsync(_address, new PgOptions { Poll = TimeSpan.FromMilliseconds(30) }, null, Token);

    protected override Task ExecuteAsync(string sql) => PgServer.ExecuteAsync(_address, sql, Token);

    [Fact]
    public void Feed_WhereTheServerForbidsReplication_SaysThatItPolls() => Assert.Contains("wal_level", Database.Feed.Description, StringComparison.Ordinal);
}

internal static class PgTriggers
{
    public static string Script(string tables) => tables + """
        CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            UPDATE totals SET number = number + new.stock - old.stock WHERE id = 1;
            UPDATE parents SET name = name || '*' WHERE id = new.id;
            RETURN NULL;
        END $$;
        CREATE TRIGGER counted AFTER UPDATE OF stock ON parents FOR EACH ROW EXECUTE FUNCTION counted();
        """;
}
