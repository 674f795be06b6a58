using Tandem.Live;
using Tandem.Records;

namespace Tandem.Bench;

/// <summary>What does a read from a live table cost beside a look-up in a dictionary, from one thread and from four?</summary>
internal static class CachedRead
{
    private const int Reads = 2_000_000;
    private const int Keys = 10_000;

    public static async Task RunAsync(Stage stage, Report report)
    {
        var source = await Goods.TableAsync(Keys, i => Goods.Make(i, $"Item {i}", $"category {i % 40}", i % 100, i / 100m, i % 500));
        var keys = Enumerable.Range(1, Keys).Select(i => new RecordKey((long)i)).ToArray();
        new Random(1).Shuffle(keys);
        await using var bounded = await LiveTable.OpenAsync(source, new LiveTableOptions { MaxEntries = Keys });
        await using var whole = await LiveTable.OpenAsync(source, new LiveTableOptions { Mode = LiveTableMode.Full });
        Dictionary<RecordKey, Record> dictionary = [];
        foreach (var key in keys)
        {
            dictionary[key] = (await bounded.GetAsync(key))!;
        }

        foreach (var threads in new[] { 1, 4 })
        {
            long found = 0;
            var times = await Timing.InTurnsAsync(
                9,
                () => ManyAsync(threads, start =>
                {
                    long sum = 0;
                    for (var i = 0; i < Reads; i++)
                    {
                        sum += dictionary[keys[(start + i) % Keys]].Values.Length;
                    }

                    return Task.FromResult(sum);
                }),
                () => ManyAsync(threads, start => ReadAsync(whole, start)),
                () => ManyAsync(threads, start => ReadAsync(bounded, start)));
            GC.KeepAlive(found);
            var title = threads == 1 ? "from one thread" : $"from {threads} threads at once";
            report.Section($"A cached read, {title}", "reads of one record by key", "ns", "x the dictionary");
            report.Row("Dictionary look-up", Nanoseconds(times[0]), 1.0);
            report.Row("LiveTable.GetAsync, full", Nanoseconds(times[1]), times[1] / times[0]);
            report.Row("LiveTable.GetAsync, bounded (LRU, TTL)", Nanoseconds(times[2]), times[2] / times[0]);
            report.AtMost($"a cached read {title}, full table", times[1] / times[0], 3, "x a Dictionary look-up");
            report.AtMost($"a cached read {title}, bounded table", times[2] / times[0], 3, "x a Dictionary look-up");

            double Nanoseconds(double seconds) => seconds / Reads / threads * 1e9;

            async Task ManyAsync(int count, Func<int, Task<long>> read) =>
                found += (await Task.WhenAll(Enumerable.Range(0, count).Select(t => Task.Run(() => read(t * (Keys / count)))))).Sum();

            async Task<long> ReadAsync(LiveTable table, int start)
            {
                long sum = 0;
                for (var i = 0; i < Reads; i++)
                {
                    sum += (await table.GetAsync(keys[(start + i) % Keys]))!.Values.Length;
                }

                return sum;
            }
        }
    }
}
