using Tandem.Cli.Tests.Databases;
using Tandem.Cli.Tests.Http;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Together;

/// <summary>A server that is killed while many write has kept everything it acknowledged.</summary>
public sealed class CrashTests(PgCluster cluster, ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int Kills = 4;

    [Fact]
    public async Task ServerKilledDuringWrites_OnSqlite_KeepsWhatItAcknowledged()
    {
        await using var stage = new SqliteStage();
        await RunAsync(stage, () => Task.CompletedTask);
        using var connection = Sqlite.Open(stage.Address);
        Assert.Equal("ok", Sqlite.Query(connection, "PRAGMA integrity_check")[0][0]);
    }

    [Fact]
    public async Task ServerKilledDuringWrites_OnPostgreSql_KeepsWhatItAcknowledgedAndLeavesNoSlot()
    {
        await using var stage = await PgStage.CreateAsync(cluster);
        await RunAsync(stage, () => Within.UntilAsync(
            10,
            async () => await cluster.ScalarAsync<long>("postgres", $"SELECT (SELECT count(*) FROM pg_replication_slots WHERE database = '{stage.Database}') + (SELECT count(*) FROM pg_stat_activity WHERE datname = '{stage.Database}')") == 0,
            () => "the dead server's connections and slots to go"));
    }

    private async Task RunAsync(Stage stage, Func<Task> dead)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var dice = new Random(seed);
        var start = await stage.CustomersAsync();
        List<Attempt> attempts = [];
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await TandemProcess.ServeAsync(stage.Address);
            await KillAmidAsync(stage, server, dice, attempts);
            await dead();
        }

        var journal = await stage.JournalAsync();
        output.WriteLine($"{attempts.Count(a => a.IsAcknowledged)} acknowledged, {attempts.Count(a => a.Answer is null)} without an answer, {journal.Count} journalled");
        Assert.Contains(attempts, a => a.Answer is null);
        Ledger.AssertAnswers([.. attempts.Where(a => a.Answer is not null)]);
        Ledger.AssertKept(stage, attempts, journal);
        Ledger.AssertReplays(stage, start, journal, await stage.CustomersAsync());

        await using var again = await TandemProcess.ServeAsync(stage.Address);
        using var client = new ApiClient(again);
        var newest = journal.Last(e => e.Kind == "update" && !Writer.Deletable.Contains(e.Key));
        var (record, _) = await client.RecordAsync(stage.Record(newest.Key));
        var current = (await stage.CustomersAsync()).Single(r => r[stage.Key] == newest.Key);
        Assert.Equal(current.OrderBy(f => f.Key, StringComparer.Ordinal), record.ToDictionary(f => f.Key, f => f.Value?.ToString()).OrderBy(f => f.Key, StringComparer.Ordinal));
    }

    private static async Task KillAmidAsync(Stage stage, TandemProcess server, Random dice, List<Attempt> attempts)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = dice.Next(30, 200);
        var seed = dice.Next();
        List<Writer> writers = [.. Enumerable.Range(0, Clients).Select(i => new Writer(stage, server.Address, i, seed)
        {
            Written = () =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    reached.SetResult();
                }
            },
        })];
        await Task.WhenAll(writers.Select(w => w.SignInAsync()));
        var work = Task.WhenAll(writers.Select(WriteAsync));
        await Within.SecondsAsync(30, reached.Task, () => "enough writes");
        await server.KillAsync();
        await Within.SecondsAsync(30, work, () => "every client to notice");
        attempts.AddRange(writers.SelectMany(w => w.Attempts));
        writers.ForEach(w => w.Dispose());
    }

    private static async Task WriteAsync(Writer writer)
    {
        try
        {
            while (true)
            {
                await writer.RoundAsync();
            }
        }
        catch (HttpRequestException)
        {
            // The server is gone.
        }
    }
}
