using Npgsql;
using Tandem.Changes;
using Tandem.PostgreSql;
using Tandem.Records;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests.PostgreSql;

/// <summary>Connections that break: what others wrote meanwhile is found, and told once.</summary>
public sealed class PgBreakTests
{
    private const string Script = "CREATE TABLE notes (id int PRIMARY KEY, label text); INSERT INTO notes SELECT i, 'x' FROM generate_series(1, 50) i;";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Listener_CutOffAgainAndAgain_MissesNothingAndTellsNothingTwice(bool replicates)
    {
        var server = replicates ? await PgServer.LogicalAsync() : await PgServer.ReplicaAsync();
        var address = await server.CreateDatabaseAsync(Script, Token);
        await using var database = await PgDatabase.OpenAsync(address, new PgOptions { UseNotify = true, Poll = TimeSpan.FromMilliseconds(50) }, null, Token);
        var notes = database.Find("notes")!;
        await using var reader = new ChangeCollector(t => notes.ChangesAsync(null, t));
        for (var round = 1; round <= 4; round++)
        {
            await PgServer.ExecuteAsync(address, replicates
                ? "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = current_database() AND active_pid IS NOT NULL"
                : "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'", Token);
            var label = $"round {round}";
            await PgServer.ExecuteAsync(address, $"UPDATE notes SET label = '{label}' WHERE id = {round}", Token);

            // A reset says the same where nothing was there to compare with.
            await reader.UntilAsync(seen => seen.Any(c => Equals(c.After.GetValueOrDefault("label"), label) || c.Kind == ChangeKind.Reset), $"what was written in {label}", Token);
            await UntilAsync(() => database.Feed.Description.Contains("at once", StringComparison.Ordinal));
            var after = $"after {round}";
            await PgServer.ExecuteAsync(address, $"UPDATE notes SET label = '{after}' WHERE id = {round + 10}", Token);
            await reader.UntilAsync(seen => seen.Any(c => Equals(c.After.GetValueOrDefault("label"), after)), $"what was written {after}", Token);
            // By now there is a copy to compare with, so from here on it is told what changed.
            Assert.True(round == 1 || reader.Seen.Any(c => Equals(c.After.GetValueOrDefault("label"), label)), $"{label} was never told");
        }

        var told = reader.Seen.Where(c => c.Kind == ChangeKind.Update).GroupBy(c => (c.Key, c.After["label"]));
        Assert.All(told, t => Assert.True(t.Count() == 1, $"told {t.Count()} times: {string.Join("; ", t.Select(ChangeCollector.Describe))}"));
    }

    [Fact]
    public async Task Connections_AllCutAtOnce_AreMadeAgain()
    {
        var address = await (await PgServer.LogicalAsync()).CreateDatabaseAsync(Script, Token);
        await using var database = await PgDatabase.OpenAsync(address, null, null, Token);
        var notes = database.Find("notes")!;
        await using var reader = new ChangeCollector(t => notes.ChangesAsync(null, t));
        await using var stream = notes.Follow();

        await PgServer.ExecuteAsync(address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", Token);

        WriteResult? result = null;
        while (result is null)
        {
            try
            {
                result = await notes.WriteAsync(new Write.Update(new RecordKey(1L), Patch.Of("label", "mine"), Guard.None, new WriteContext("Ann")), Token);
            }
            catch (DatabaseUnavailableException)
            {
                // The pool gave a connection that was cut; it gives another one now.
            }
        }

        Assert.IsType<WriteResult.Written>(result);
        await reader.UntilAsync(seen => seen.Any(c => Equals(c.After.GetValueOrDefault("label"), "mine")), "the own write", Token);
        await UntilAsync(() => database.Feed.Description.Contains("at once", StringComparison.Ordinal));
        await PgServer.ExecuteAsync(address, "UPDATE notes SET label = 'theirs' WHERE id = 2", Token);
        await reader.UntilAsync(seen => seen.Any(c => Equals(c.After.GetValueOrDefault("label"), "theirs")), "the other program's write", Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_Restarted_IsFollowedOnFromWhereItWas(bool replicates)
    {
        var server = await PgServer.OwnAsync(replicates);
        var address = await server.CreateDatabaseAsync(Script, Token);
        await using var database = await PgDatabase.OpenAsync(address, new PgOptions { UseNotify = true, Poll = TimeSpan.FromMilliseconds(50) }, null, Token);
        var notes = database.Find("notes")!;
        await using var reader = new ChangeCollector(t => notes.ChangesAsync(null, t));
        await using var stream = notes.Follow();
        await notes.WriteAsync(new Write.Update(new RecordKey(1L), Patch.Of("label", "before"), Guard.None, new WriteContext("Ann")), Token);
        var before = await reader.UntilAsync(seen => seen.Any(c => Equals(c.After.GetValueOrDefault("label"), "before")), "the write before", Token);

        await server.RestartAsync();

        await PgServer.ExecuteAsync(address, "UPDATE notes SET label = 'between' WHERE id = 2", Token);
        await reader.UntilAsync(seen => seen.Any(c => Equals(c.After.GetValueOrDefault("label"), "between") || c.Kind == ChangeKind.Reset), "the write between", Token);
        await UntilAsync(() => database.Feed.Description.Contains("at once", StringComparison.Ordinal));
        await PgServer.ExecuteAsync(address, "UPDATE notes SET label = 'after' WHERE id = 3", Token);
        await reader.UntilAsync(seen => seen.Any(c => Equals(c.After.GetValueOrDefault("label"), "after")), "the write after", Token);
        // Cursors given before the restart are good after it.
        Assert.Contains(await database.Feed.MissedAsync(before[^1].Cursor, 100, Token), c => Equals(c.After.GetValueOrDefault("label"), "after"));
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
