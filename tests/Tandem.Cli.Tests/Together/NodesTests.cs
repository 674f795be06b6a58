using System.Diagnostics;
using System.Net;
using Tandem.Cli.Tests.Databases;
using Tandem.Cli.Tests.Http;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Together;

/// <summary>Servers on one database hear of each other's and of other programs' writes.</summary>
public sealed class NodesTests(PgCluster cluster, ITestOutputHelper output)
{
    private const string Elsewhere = "another program";

    [Fact]
    public async Task TwoNodes_SaveOnOne_IsHeardOnTheOther()
    {
        await using var stage = await PgStage.CreateAsync(cluster);
        await using var first = await TandemProcess.ServeAsync(stage.Address);
        await using var second = await TandemProcess.ServeAsync(stage.Address);
        using var reader = new EventReader($"/api/tables/{stage.Table}/changes");
        await reader.ConnectAsync(second.Address);
        using var client = new ApiClient(first);
        List<double> afterAnswer = [];
        List<double> afterRequest = [];
        for (var i = 0; i < 50; i++)
        {
            var value = $"v{i}";
            var heard = HeardAsync(reader, stage.Fields[4], value);
            var sent = Stopwatch.GetTimestamp();
            using var answer = await client.MergeAsync(stage.Record("1"), $$"""{"{{stage.Fields[4]}}":"{{value}}"}""");
            var answered = Stopwatch.GetTimestamp();
            var (_, at) = await Within.SecondsAsync(10, heard, () => $"{value} on the other node");
            afterAnswer.Add(Stopwatch.GetElapsedTime(answered, at).TotalMilliseconds);
            afterRequest.Add(Stopwatch.GetElapsedTime(sent, at).TotalMilliseconds);
        }

        output.WriteLine($"a save is heard on the other node {Median(afterAnswer):0.0} ms after its answer, {Median(afterRequest):0.0} ms after it was sent (median of 50)");
        Assert.Empty(second.Errors);
    }

    [Fact]
    public async Task TwoNodes_ForeignWrite_IsHeardOnBothWithinASecondAndJournalledOnce()
    {
        await using var stage = await PgStage.CreateAsync(cluster);
        await ForeignWritesAsync(stage, 1, killsFirst: true);
    }

    [Fact]
    public async Task TwoNodes_ForeignWriteWithoutLogicalReplication_IsHeardOnBothWithinASecondAndJournalledOnce()
    {
        await using var replica = new PgCluster("replica");
        await using var stage = await PgStage.CreateAsync(replica);
        await ForeignWritesAsync(stage, 1, killsFirst: true);
    }

    [Fact]
    public async Task OneNode_ForeignWriteToSqlite_IsHeardWithinTwoSecondsAndJournalledOnce()
    {
        await using var stage = new SqliteStage();
        await ForeignWritesAsync(stage, 2, killsFirst: false);
    }

    [Fact]
    public async Task PostgreSqlRestarted_ServerSaysSoMeanwhile_AndGoesOnHearing()
    {
        await using var own = new PgCluster("logical");
        await using var stage = await PgStage.CreateAsync(own);
        await using var node = await TandemProcess.ServeAsync(stage.Address);
        using var client = new ApiClient(node);
        using var reader = new EventReader($"/api/tables/{stage.Table}/changes");
        await reader.ConnectAsync(node.Address);
        await own.StopServerAsync();
        foreach (var answer in new[]
        {
            await client.GetAsync(stage.Record("1")),
            await client.MergeAsync(stage.Record("1"), $$"""{"{{stage.Fields[0]}}":"lost"}"""),
            await client.GetAsync($"/api/tables/{stage.Table}?$first=5"),
        })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal("The database does not answer. Try again in a moment.", (string?)(await ApiClient.BodyAsync(answer))["detail"]);
        }

        await own.StartServerAsync();
        var watch = Stopwatch.StartNew();
        await reader.UntilAsync(15, e => (string?)e.Data["kind"] == "reset", "a reset after the gap");
        output.WriteLine($"a reset is told {watch.Elapsed.TotalSeconds:0.00} s after the server stands again");
        using var saved = await client.MergeAsync(stage.Record("1"), $$"""{"{{stage.Fields[0]}}":"kept"}""");
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        await Within.SecondsAsync(5, HeardAsync(reader, stage.Fields[0], "kept"), () => "a save after the restart");
        await stage.WriteElsewhereAsync("2", stage.Fields[0], "foreign");
        await Within.SecondsAsync(1, HeardAsync(reader, stage.Fields[0], "foreign"), () => "another program's write after the restart");
        Assert.Single(await stage.JournalAsync(), e => e.After.Values.Contains("foreign"));
        Assert.DoesNotContain(await stage.JournalAsync(), e => e.After.Values.Contains("lost"));
    }

    private async Task ForeignWritesAsync(Stage stage, double seconds, bool killsFirst)
    {
        List<TandemProcess> nodes = [];
        List<EventReader> readers = [];
        try
        {
            for (var i = 0; i < stage.Nodes; i++)
            {
                nodes.Add(await TandemProcess.ServeAsync(stage.Address));
                readers.Add(new EventReader($"/api/tables/{stage.Table}/changes"));
                await readers[i].ConnectAsync(nodes[i].Address);
            }

            if (stage is SqliteStage)
            {
                await WatchedAsync(stage, readers);
            }

            for (var i = 0; i < 5; i++)
            {
                await WriteAsync($"v{i}");
            }

            if (killsFirst)
            {
                await nodes[0].KillAsync();
                readers.RemoveAt(0);
                await WriteAsync("survived");
            }
        }
        finally
        {
            readers.ForEach(r => r.Dispose());
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }

        async Task WriteAsync(string value)
        {
            var heard = Task.WhenAll(readers.Select(r => HeardAsync(r, stage.Fields[4], value)));
            var before = Stopwatch.GetTimestamp();
            await stage.WriteElsewhereAsync("7", stage.Fields[4], value);
            var written = Stopwatch.GetTimestamp();
            var events = await Within.SecondsAsync(seconds, heard, () => $"'{value}' of another program on every node");
            output.WriteLine($"'{value}' of another program heard after {string.Join(" and ", events.Select(e => $"{Stopwatch.GetElapsedTime(written, e.At).TotalMilliseconds:0} ms"))}, written in {Stopwatch.GetElapsedTime(before, written).TotalMilliseconds:0} ms");
            Assert.All(events, e => Assert.Equal(Elsewhere, (string?)e.Event.Data["by"]));
            Assert.Single(await stage.JournalAsync(), e => e.After.Values.Contains(value) && e.Actor == Elsewhere);
        }
    }

    /// <summary>SQLite's writes are found by comparing with a copy that is read once a stream stands; a write before that is told as a reset.</summary>
    private static async Task WatchedAsync(Stage stage, List<EventReader> readers)
    {
        var first = Task.WhenAll(readers.Select(r => r.NextAsync()));
        var writes = 0;
        await Within.UntilAsync(
            10,
            async () =>
            {
                await stage.WriteElsewhereAsync("8", stage.Fields[4], $"w{++writes}");
                return first.IsCompleted;
            },
            () => "every stream to hear of another program");
    }

    private static async Task<(StreamEvent Event, long At)> HeardAsync(EventReader reader, string field, string value)
    {
        while (await reader.NextAsync() is { } next)
        {
            if (next.Data["after"]?[field]?.ToString() == value)
            {
                return (next, Stopwatch.GetTimestamp());
            }
        }

        throw new EndOfStreamException($"The stream ended before '{value}'.");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
