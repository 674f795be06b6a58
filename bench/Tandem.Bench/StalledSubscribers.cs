using System.Diagnostics;
using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Bench;

/// <summary>Do subscribers who never read delay those who do?</summary>
internal static class StalledSubscribers
{
    private const int Reading = 990;
    private const int Stalled = 10;
    private const int Queries = 4;
    private const int Changes = 120;
    private const int Rounds = 15;
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(10);

    public static async Task RunAsync(Stage stage, Report report)
    {
        await OnceAsync(Stalled);
        await OnceAsync(0);
        List<List<double>> without = [];
        List<List<double>> with = [];
        for (var round = 0; round < Rounds; round++)
        {
            // Each goes first as often as the other.
            foreach (var isStalled in round % 2 == 0 ? new[] { false, true } : [true, false])
            {
                (isStalled ? with : without).Add(await OnceAsync(isStalled ? Stalled : 0));
            }
        }

        report.Section($"{Reading} subscribers of {Queries} standing queries, 100 changes a second told to each", "from the write to a subscriber", "p50 ms", "p99 ms");
        report.Row("all of them read", Of(without, 0.5), Of(without, 0.99));
        report.Row($"beside {Stalled} who never read", Of(with, 0.5), Of(with, 0.99));
        report.Say($"Medians of {Rounds} rounds of each, in turns; rounds' p99 with all reading {Spread(without)} ms, beside the stalled {Spread(with)} ms.");
        report.AtMost("p99 of 990 subscribers beside 10 stalled ones", Of(with, 0.99) / Of(without, 0.99), 1.1, "x without them");

        static double Of(List<List<double>> rounds, double quantile) => Timing.Median([.. rounds.Select(r => Timing.Quantile(r, quantile))]);
        static string Spread(List<List<double>> rounds) => $"{rounds.Min(r => Timing.Quantile(r, 0.99)):0.00} to {rounds.Max(r => Timing.Quantile(r, 0.99)):0.00}";
    }

    /// <returns>Milliseconds from each write to each subscriber that reads.</returns>
    private static async Task<List<double>> OnceAsync(int stalled)
    {
        GC.Collect();
        var source = await Goods.TableAsync(1_000, i => Goods.Make(i, $"Item {i}", $"category {i % 40}", i % 100, i, i));
        await using var table = await LiveTable.OpenAsync(source, new LiveTableOptions { Mode = LiveTableMode.Full });
        var sent = new long[Changes];
        var readers = Enumerable.Range(0, Reading).Select(i => Open(table, i)).ToList();
        var idle = Enumerable.Range(0, stalled).Select(i => Open(table, i)).ToList();
        foreach (var subscriber in readers.Concat(idle))
        {
            await subscriber.MoveNextAsync();
        }

        var heard = Task.WhenAll(readers.Select(r => Task.Run(() => ReadAsync(r, sent))));
        using var pace = new PeriodicTimer(s_pace);
        for (var i = 0; i < Changes; i++)
        {
            await pace.WaitForNextTickAsync();
            sent[i] = Stopwatch.GetTimestamp();
            await source.WriteAsync(Goods.Set(new RecordKey((i * 37L % 1_000) + 1), "stock", 1_000_000L + i));
        }

        List<double> times = [.. (await heard).SelectMany(t => t)];
        foreach (var subscriber in readers.Concat(idle))
        {
            await subscriber.DisposeAsync();
        }

        return times;
    }

    private static IAsyncEnumerator<ViewUpdate> Open(LiveTable table, int number) =>
        table.WatchAsync(new Query { First = 1_000, Order = (number % Queries) switch { 0 => [], 1 => [new Order("name")], 2 => [new Order("stock")], _ => [new Order("price", true)] } }).GetAsyncEnumerator();

    private static async Task<List<double>> ReadAsync(IAsyncEnumerator<ViewUpdate> subscriber, long[] sent)
    {
        List<double> times = new(Changes);
        for (var last = -1L; last < Changes - 1 && await subscriber.MoveNextAsync();)
        {
            var now = Stopwatch.GetTimestamp();
            foreach (var change in ((ViewUpdate.Changed)subscriber.Current).Changes)
            {
                var row = change switch
                {
                    ViewChange.Updated updated => updated.Row,
                    ViewChange.Moved moved => moved.Row,
                    _ => throw new InvalidOperationException($"A record changed its stock, but {change} was told."),
                };
                last = (long)row.Record["stock"]! - 1_000_000;
                times.Add(Stopwatch.GetElapsedTime(sent[last], now).TotalMilliseconds);
            }
        }

        return times;
    }
}
