using System.Diagnostics;
using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;

namespace Tandem.Bench;

/// <summary>What does it cost to build a sorted view of 100,000 records, and to keep it up when a record moves?</summary>
internal static class SortedView
{
    private const int Records = 100_000;
    private const int Changes = 10_000;

    public static async Task RunAsync(Stage stage, Report report)
    {
        var random = new Random(1);
        var source = await Goods.TableAsync(Records, i => Goods.Make(i, $"Item {i:D6}", $"category {i % 40}", i % 100, random.Next(1_000_000) / 100m, i % 500));
        await using var table = await LiveTable.OpenAsync(source, new LiveTableOptions { Mode = LiveTableMode.Full });
        var query = new Query { Order = [new Order("price")], First = Records };
        var all = (await table.QueryAsync(new Query { First = Records })).Records;
        var built = await Timing.InTurnsAsync(
            5,
            () =>
            {
                GC.KeepAlive(all.OrderBy(r => (decimal)r["price"]!).ThenBy(r => (long)r["id"]!).ToList());
                return Task.CompletedTask;
            },
            async () =>
            {
                await using var view = table.WatchAsync(query).GetAsyncEnumerator();
                await view.MoveNextAsync();
                if (((ViewUpdate.Snapshot)view.Current).Rows.Count != Records)
                {
                    throw new InvalidOperationException("The view does not hold every record.");
                }
            });
        report.Section("A sorted view of 100,000 records, built", "all records in order", "ms", "x the sorting");
        report.Row("List sorted by price and key", built[0] * 1e3, 1.0);
        report.Row("WatchAsync until its snapshot", built[1] * 1e3, built[1] / built[0]);
        report.AtMost("a sorted view of 100,000 records built", built[1], 0.5, "s");

        await using var changes = table.ChangesAsync().GetAsyncEnumerator();
        await MoveAsync(changes, _ => true);
        var heard = await MoveAsync(changes, _ => true);
        await using var standing = table.WatchAsync(query).GetAsyncEnumerator();
        await standing.MoveNextAsync();
        await MoveAsync(standing, IsMove);
        var moved = await MoveAsync(standing, IsMove);
        report.Section("A sorted view of 100,000 records, kept up", "one change that moves a record, from its write to the subscriber", "median us", "p95 us");
        report.Row("heard in the live table's changes, no view", Timing.Median(heard), Timing.Quantile(heard, 0.95));
        report.Row("told by the sorted view, with both places", Timing.Median(moved), Timing.Quantile(moved, 0.95));
        report.Say("Both include the write to the table in memory and the ways between threads.");
        report.AtMost("a sorted view of 100,000 records updated, from the write on", Timing.Median(moved), 40, "us");

        async Task<List<double>> MoveAsync<T>(IAsyncEnumerator<T> told, Func<T, bool> isRight)
        {
            List<double> times = new(Changes);
            for (var i = 0; i < Changes; i++)
            {
                var write = Goods.Set(new RecordKey((long)random.Next(1, Records + 1)), "price", random.Next(1_000_000) / 100m + 0.001m);
                var started = Stopwatch.GetTimestamp();
                await source.WriteAsync(write);
                await told.MoveNextAsync();
                times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
                if (!isRight(told.Current))
                {
                    throw new InvalidOperationException($"One record moved, but {told.Current} was told.");
                }
            }

            return times;
        }

        static bool IsMove(ViewUpdate update) => update is ViewUpdate.Changed { Changes: [ViewChange.Moved or ViewChange.Updated] };
    }
}
