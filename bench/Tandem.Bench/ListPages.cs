using System.Diagnostics;
using Tandem.Querying;
using Tandem.Tables;

namespace Tandem.Bench;

/// <summary>What do the first and the last page of a list cost at a million records?</summary>
internal static class ListPages
{
    private const int Rounds = 60;

    public static async Task RunAsync(Stage stage, Report report)
    {
        foreach (var (name, table) in new[] { ("PostgreSQL", (await stage.PgAsync()).Find("items")!), ("SQLite", (await stage.SqliteAsync()).Find("items")!) })
        {
            report.Section($"List pages of 50 at {Stage.Records:N0} records, {name}", "order", "first p50 ms", "first p95 ms", "middle p95 ms", "last p95 ms", "last / first (p50)");
            foreach (var (label, order) in new (string, Order[])[]
            {
                ("key", []),
                ("name (indexed)", [new Order("name")]),
                ("name descending (indexed)", [new Order("name", true)]),
                ("category (indexed, 40 values)", [new Order("category")]),
                ("price (not indexed)", [new Order("price")]),
            })
            {
                var query = new Query { Order = order };
                var middle = (await table.QueryAsync(query with { First = 1000 })).Next;
                var first = await MeasureAsync(table, query);
                var mid = await MeasureAsync(table, query with { After = middle });
                var last = await MeasureAsync(table, query with { Backward = true });
                report.Row(label, Timing.Median(first), Timing.Quantile(first, 0.95), Timing.Quantile(mid, 0.95), Timing.Quantile(last, 0.95), Timing.Median(last) / Timing.Median(first));
            }
        }
    }

    private static async Task<List<double>> MeasureAsync(ITable table, Query query)
    {
        await table.QueryAsync(query);
        List<double> times = [];
        for (var i = 0; i < Rounds && times.Sum() < 5_000; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await table.QueryAsync(query);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times;
    }
}
