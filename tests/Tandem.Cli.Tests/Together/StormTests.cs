using System.Diagnostics;
using Tandem.Cli.Tests.Databases;
using Tandem.Cli.Tests.Http;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Together;

/// <summary>Sixteen clients write at once in every way there is, and a listener that keeps reconnecting hears of everything once.</summary>
public sealed class StormTests(PgCluster cluster, ITestOutputHelper output)
{
    private const int Clients = 16;
    private static readonly int s_rounds = int.Parse(Environment.GetEnvironmentVariable("TANDEM_STORM_ROUNDS") ?? "2000", null);

    [Fact]
    public async Task SixteenClients_OnSqlite_LoseNothing()
    {
        await using var stage = new SqliteStage();
        await RunAsync(stage);
    }

    [Fact]
    public async Task SixteenClients_OnTwoNodesOfPostgreSql_LoseNothing()
    {
        await using var stage = await PgStage.CreateAsync(cluster);
        await RunAsync(stage);
    }

    private async Task RunAsync(Stage stage)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var start = await stage.CustomersAsync();
        List<TandemProcess> nodes = [];
        List<Writer> writers = [];
        try
        {
            for (var i = 0; i < stage.Nodes; i++)
            {
                nodes.Add(await TandemProcess.ServeAsync(stage.Address));
            }

            using var listener = new RestlessListener([.. nodes.Select(n => n.Address)], $"/api/changes?tables={stage.Table}", new Random(seed));
            await listener.ConnectAsync();
            for (var i = 0; i < Clients; i++)
            {
                writers.Add(new Writer(stage, nodes[i % nodes.Count].Address, i, seed));
                await writers[i].SignInAsync();
            }

            var listening = listener.ListenAsync("the end");
            var watch = Stopwatch.StartNew();
            var left = s_rounds;
            await Task.WhenAll(writers.Select(async writer =>
            {
                while (Interlocked.Decrement(ref left) >= 0)
                {
                    await writer.RoundAsync();
                }
            }));
            output.WriteLine($"{s_rounds} rounds in {watch.Elapsed.TotalSeconds:0.0} s");
            using var last = new ApiClient(nodes[0]);
            using var end = await last.MergeAsync(stage.Record("59"), $$"""{"{{stage.Fields[0]}}":"the end"}""");
            Assert.True(end.IsSuccessStatusCode);
            await Within.SecondsAsync(20, listening, () => $"the last change to be heard; {listener.Heard.Count} were");

            List<Attempt> attempts = [.. writers.SelectMany(w => w.Attempts)];
            foreach (var way in attempts.GroupBy(a => (a.Way, a.IsOwned)).OrderBy(g => g.Key))
            {
                output.WriteLine($"{way.Key.Way}{(way.Key.IsOwned ? " (own field)" : "")}: {string.Join(", ", way.GroupBy(a => a.Answer).Select(g => $"{g.Count()} {g.Key}"))}");
            }

            var journal = await stage.JournalAsync();
            Ledger.AssertAnswers(attempts);
            Ledger.AssertKept(stage, attempts, journal);
            Ledger.AssertReplays(stage, start, journal, await stage.CustomersAsync());
            output.WriteLine($"{journal.Count} entries; the listener connected {listener.Connections} times");
            Assert.Equal(journal.Select(e => e.Sequence), listener.Heard.Select(h => h.Sequence).Order());
            foreach (var record in listener.Heard.GroupBy(h => (string)h.Data["key"]!))
            {
                Assert.Equal(record.Select(h => h.Sequence).Order(), record.Select(h => h.Sequence));
            }

            Assert.All(nodes, n => Assert.Empty(n.Errors));
        }
        finally
        {
            writers.ForEach(w => w.Dispose());
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }
}
